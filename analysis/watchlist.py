"""Many topics at once: one pass over a text finds the few queries it may answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from analysis.nodes import Both, Document, Either, Field, Near, Node, Word, words_of
from analysis.plain import folded
from analysis.query import Query

Key = TypeVar("Key")
Scan = Callable[[str], set[int]]


class Watchlist(Generic[Key]):
    """Queries by key, asked together.

    All their words go into one Aho-Corasick automaton (``ahocorasick_rs``), so that a text is
    read once however many topics there are; only queries of which a word was seen, and those
    that may answer without any word, are then asked in full. Without the library each word is
    looked for in turn, with the same answers.
    """

    def __init__(self, queries: Mapping[Key, Query]) -> None:
        self._queries = list(queries.items())
        self._always: list[int] = []
        owners: dict[str, list[int]] = {}
        for place, query in enumerate(queries.values()):
            if not _needs_word(query.root):
                self._always.append(place)
                continue
            for word in set(_all_words(query.root)):
                owners.setdefault(word, []).append(place)
        self._owners = list(owners.values())
        self._scan = _scanner(list(owners))

    def matching(
        self, text: str, title: str = "", author: str = "", platform: str = "", site: str = ""
    ) -> list[Key]:
        """Return the keys of the queries that a mention answers, in the order given."""
        fields = (text, title, author, platform, site)
        mention = Document(*(folded(field or "") for field in fields))
        may = set(self._always)
        for place in self._scan(f"{mention.text}\n{mention.title}"):
            may.update(self._owners[place])
        asked = (self._queries[place] for place in sorted(may))
        return [key for key, query in asked if query.root.matches(mention)]


def _needs_word(node: Node) -> bool:
    """Say whether nothing can match ``node`` without holding one of its words."""
    if isinstance(node, Word | Near):
        return True
    if isinstance(node, Field):
        return node.name == "title"
    if isinstance(node, Both):
        return any(map(_needs_word, node.nodes))
    return isinstance(node, Either) and all(map(_needs_word, node.nodes))


def _all_words(node: Node) -> list[str]:
    found = list(words_of(node))
    if isinstance(node, Field) and node.name == "title":
        found.append(node.value)
    if isinstance(node, Both | Either):
        for part in node.nodes:
            if isinstance(part, Field | Both | Either):
                found += _all_words(part)
    return found


def _scanner(words: list[str]) -> Scan:
    """Return what finds the places of the ``words`` that a text holds."""
    if not words:
        return lambda text: set()
    try:
        from ahocorasick_rs import AhoCorasick  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        return lambda text: {place for place, word in enumerate(words) if word in text}
    automaton = AhoCorasick(words)
    return lambda text: {
        hit[0] for hit in automaton.find_matches_as_indexes(text, overlapping=True)
    }
