"""The parts of a watch query, each of which says whether a mention answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import NamedTuple

#: Places of a word that NEAR looks at; a text that repeats a word without end needs no more.
MOST_PLACES = 50
#: A run of Latin letters and digits, or one other character that is no space: one step of NEAR.
_UNIT = re.compile(r"[0-9a-z\u00c0-\u024f]+|\S")
EDGE = "0-9a-z\u00c0-\u024f"


class Document(NamedTuple):
    """A mention ready for matching; all fields folded."""

    text: str
    title: str = ""
    author: str = ""
    platform: str = ""
    site: str = ""


@dataclass(frozen=True)
class Word:
    """A word or phrase anywhere in title or text; a Latin one as a whole word."""

    text: str

    def matches(self, mention: Document) -> bool:
        """Say whether ``mention`` holds it."""
        return self.within(mention.text) or (bool(mention.title) and self.within(mention.title))

    def within(self, text: str) -> bool:
        """Say whether folded ``text`` holds it."""
        return self.text in text and next(self.places(text), None) is not None

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield each (first, after) place in folded ``text``."""
        return _places(self.text, text)


@dataclass(frozen=True)
class Near:
    """Two words at most ``distance`` characters apart; a Latin word counts as one."""

    left: Word
    right: Word
    distance: int

    def matches(self, mention: Document) -> bool:
        """Say whether title or text holds both so close, in either order."""
        return any(self._within(text) for text in (mention.title, mention.text))

    def _within(self, text: str) -> bool:
        # The closest places of both stand side by side, so that no other pairs need a look: a
        # text made of both words alone must not cost places times places.
        sides = (self.left, self.right)
        places = sorted(
            (place, side)
            for side, word in enumerate(sides)
            for place in islice(word.places(text), MOST_PLACES)
        )
        return any(
            mine != other and _close(text, a, b, self.distance)
            for (a, mine), (b, other) in pairwise(places)
        )


@dataclass(frozen=True)
class Field:
    """A field of the mention: author and platform exactly, title by content.

    A site is told by its host or by the address of the page, and holds its subdomains.
    """

    name: str
    value: str

    def matches(self, mention: Document) -> bool:
        """Say whether the field of ``mention`` answers."""
        held: str = getattr(mention, self.name)
        if self.name == "title":
            return Word(self.value).within(held)
        if self.name == "site":
            host = held.partition("://")[2] if "://" in held else held
            host = host.partition("/")[0].partition(":")[0]
            return host == self.value or host.endswith("." + self.value)
        return held == self.value


@dataclass(frozen=True)
class Not:
    """Everything else."""

    node: Node

    def matches(self, mention: Document) -> bool:
        """Say whether the inner part does not match."""
        return not self.node.matches(mention)


@dataclass(frozen=True)
class Both:
    """All parts."""

    nodes: tuple[Node, ...]

    def matches(self, mention: Document) -> bool:
        """Say whether every part matches."""
        return all(node.matches(mention) for node in self.nodes)


@dataclass(frozen=True)
class Either:
    """Any part."""

    nodes: tuple[Node, ...]

    def matches(self, mention: Document) -> bool:
        """Say whether some part matches."""
        return any(node.matches(mention) for node in self.nodes)


Node = Word | Near | Field | Not | Both | Either


def words_of(node: Node) -> Iterator[str]:
    """Yield the words of the parts that are not under NOT."""
    if isinstance(node, Word):
        yield node.text
    elif isinstance(node, Near):
        yield from (node.left.text, node.right.text)
    elif isinstance(node, Both | Either):
        for part in node.nodes:
            yield from words_of(part)


def _latin(char: str) -> bool:
    return re.match(f"[{EDGE}]", char) is not None


def _places(word: str, text: str) -> Iterator[tuple[int, int]]:
    """Yield where ``word`` stands; Latin ends must not touch more Latin."""
    first = text.find(word)
    while first >= 0:
        after = first + len(word)
        open_left = not first or not _latin(word[0]) or not _latin(text[first - 1])
        open_right = after == len(text) or not _latin(word[-1]) or not _latin(text[after])
        if open_left and open_right:
            yield first, after
        first = text.find(word, first + 1)


def _close(text: str, one: tuple[int, int], other: tuple[int, int], most: int) -> bool:
    """Say whether at most ``most`` units lie between two places; no more of them are read."""
    (_, after), (first, _) = sorted((one, other))
    between = _UNIT.finditer(text, after, max(first, after))
    return sum(1 for _ in islice(between, most + 1)) <= most
