"""Many topics at once: one pass over many texts finds the few queries each may answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from ahocorasick_rs import AhoCorasick

from analysis.nodes import EDGE, Both, Document, Either, Field, Near, Node, Not, Word, words_of
from analysis.plain import folded_all
from analysis.query import Query

Key = TypeVar("Key")
#: Text, title, author, platform and site of a mention; what is unknown is empty.
Fields = tuple[str, str, str, str, str]
#: A Latin end must not touch more Latin, see :class:`analysis.nodes.Word`.
_LATIN_END = re.compile(f"^[{EDGE}]|[{EDGE}]$")


class Watchlist(Generic[Key]):
    """Queries by key, asked together.

    All their words go into one Aho-Corasick automaton, so that texts are read once however many
    topics there are. Where a word alone is an answer, that is all; of the rest only queries of
    which a word was seen, and those that may answer without any word, are asked in full.
    """

    def __init__(self, queries: Mapping[Key, Query]) -> None:
        self._queries = list(queries.items())
        self._keys = frozenset(queries)
        self._fields = any(_has_field(query.root) for query in queries.values())
        self._always: list[int] = []
        owners: dict[str, list[int]] = {}
        for place, query in enumerate(queries.values()):
            if not _needs_word(query.root):
                self._always.append(place)
                continue
            for word in set(_all_words(query.root)):
                owners.setdefault(word, []).append(place)
        self._owners = list(owners.values())
        self._answers = [
            {place for place in places if _is_answer(self._queries[place][1].root, word)}
            for word, places in owners.items()
        ]
        self._automaton = AhoCorasick(list(owners)) if owners else None

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def matching(
        self, text: str, title: str = "", author: str = "", platform: str = "", site: str = ""
    ) -> list[Key]:
        """Return the keys of the queries that a mention answers, in the order given."""
        return self.sort([(text, title, author, platform, site)])[0]

    def sort(self, mentions: Sequence[Fields]) -> list[list[Key]]:
        """Return for each mention the keys of the queries that it answers, in the order given."""
        read = folded_all([part for mention in mentions for part in mention[:2]])
        found: list[set[int]] = [set() for _ in mentions]
        asked = [set(self._always) for _ in mentions]
        for part, word in self._seen(read):
            found[part // 2].update(self._answers[word])
            asked[part // 2].update(self._owners[word])
        for place, (sure, queries) in enumerate(zip(found, asked, strict=True)):
            if open_ := queries - sure:
                rest = folded_all(mentions[place][2:]) if self._fields else ()
                mention = Document(read[2 * place], read[2 * place + 1], *rest)
                sure.update(n for n in open_ if self._queries[n][1].root.matches(mention))
        return [[self._queries[number][0] for number in sorted(sure)] for sure in found]

    def _seen(self, parts: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Yield (part, word) for every word that stands in a part."""
        if self._automaton is None:
            return
        # A NUL stands between the parts, and no word holds one.
        hits = self._automaton.find_matches_as_indexes("\0".join(parts), overlapping=True)
        part, end = 0, len(parts[0]) if parts else 0
        for word, _, after in hits:
            while after > end:
                part += 1
                end += 1 + len(parts[part])
            yield part, word


def _is_answer(root: Node, word: str) -> bool:
    """Say whether a text that holds ``word`` answers, whatever stands around it."""
    parts = root.nodes if isinstance(root, Either) else (root,)
    whole = not _LATIN_END.search(word) and "\0" not in word
    return whole and any(isinstance(part, Word) and part.text == word for part in parts)


def _needs_word(node: Node) -> bool:
    """Say whether nothing can match ``node`` without holding one of its words."""
    if isinstance(node, Word | Near):
        return True
    if isinstance(node, Field):
        return node.name == "title"
    if isinstance(node, Both):
        return any(map(_needs_word, node.nodes))
    return isinstance(node, Either) and all(map(_needs_word, node.nodes))


def _has_field(node: Node) -> bool:
    """Say whether author, platform or site matter to ``node``."""
    if isinstance(node, Field):
        return node.name != "title"
    if isinstance(node, Not):
        return _has_field(node.node)
    return isinstance(node, Both | Either) and any(map(_has_field, node.nodes))


def _all_words(node: Node) -> list[str]:
    found = list(words_of(node))
    if isinstance(node, Field) and node.name == "title":
        found.append(node.value)
    if isinstance(node, Both | Either):
        for part in node.nodes:
            if isinstance(part, Field | Both | Either):
                found += _all_words(part)
    return found
