"""What a topic watches: words, AND OR NOT, parentheses, "phrases", NEAR/n and fields."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analysis.nodes import Both, Document, Either, Field, Near, Node, Not, Word, words_of
from analysis.plain import folded, syntax
from analysis.reason import Reason

#: Bounds that keep a pasted document from becoming a query; a brand with ten thousand names
#: still fits.
MAX_LENGTH, MAX_DEPTH, MAX_NEAR = 200_000, 30, 200
FIELDS = ("author", "site", "platform", "title")

_TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<open>\()|(?P<close>\))
    |(?P<near>NEAR/(?P<distance>\d*))(?=[\s("]|$)
    |(?P<word>AND|OR|NOT)(?=[\s()"]|$)|(?P<minus>-)(?=\S)
    |(?P<field>[A-Za-z]+:)(?!//)|(?P<phrase>"[^"]*")|(?P<quote>")|(?P<term>[^\s()"]+)""",
    re.VERBOSE,
)


class QueryError(ValueError):
    """A query that cannot be read.

    Attributes:
        position: place of the first character that is wrong, from 0.
        why: the sentence for people, as catalogue key and values.
    """

    def __init__(self, name: str, position: int, **values: object) -> None:
        self.position = position
        self.why = Reason(f"signals.query_{name}", {"place": position + 1, **values})
        given = "".join(f"，{value}" for value in values.values())
        super().__init__(f"查询式第 {position + 1} 个字符处有误（{name}{given}）")


@dataclass(frozen=True)
class Query:
    """A parsed query.

    Attributes:
        source: as written.
        root: its tree.
    """

    source: str
    root: Node

    def matches(
        self, text: str, title: str = "", author: str = "", platform: str = "", site: str = ""
    ) -> bool:
        """Say whether a mention answers; fields that are unknown are empty."""
        fields = (text, title, author, platform, site)
        return self.root.matches(Document(*(folded(field or "") for field in fields)))

    def words(self) -> frozenset[str]:
        """Return the folded words that make a mention answer (none under NOT)."""
        return frozenset(words_of(self.root))

    @property
    def everything(self) -> bool:
        """Whether it answers to an empty mention, and so to nearly all."""
        return self.root.matches(Document(""))


def parse(text: str) -> Query:
    """Read a query.

    Words beside each other mean OR; AND binds closer than OR; NOT, or a minus before a word,
    takes away from all that stands before it in its parentheses. Full-width signs count as
    their narrow ones. ``a NEAR/5 b`` wants both at most five characters apart.

    Raises:
        QueryError: with the place of the first character that is wrong.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError("too_long", MAX_LENGTH, most=MAX_LENGTH)
    return Query(text, _Parser(_tokens(syntax(text)), len(text)).read())


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    place: int


def _tokens(text: str) -> list[_Token]:
    found = []
    for match in _TOKEN.finditer(text):
        kind, held = match.lastgroup or "term", match.group()
        if match["near"]:
            kind, held = "near", match["distance"]
        if kind == "quote":
            raise QueryError("unclosed_quote", match.start())
        if kind != "space":
            found.append(_Token(kind, held, match.start()))
    return found


class _Parser:
    """Recursive descent over the tokens; one token ahead decides."""

    def __init__(self, tokens: list[_Token], size: int) -> None:
        self.tokens = tokens
        self.size = size
        self.next = 0
        self.depth = 0

    def read(self) -> Node:
        """Read all, or say where it stops making sense."""
        if not self.tokens:
            raise QueryError("empty", 0)
        node = self._union()
        if self._peek("close"):
            raise QueryError("unopened", self._place())
        return node

    def _peek(self, kind: str, text: str | None = None) -> bool:
        if self.next >= len(self.tokens):
            return False
        token = self.tokens[self.next]
        return token.kind == kind and (text is None or token.text == text)

    def _take(self, kind: str, text: str | None = None) -> _Token | None:
        if not self._peek(kind, text):
            return None
        self.next += 1
        return self.tokens[self.next - 1]

    def _place(self) -> int:
        return self.tokens[self.next].place if self.next < len(self.tokens) else self.size

    def _union(self) -> Node:
        parts = [self._all()]
        while self.next < len(self.tokens) and not self._peek("close"):
            if self._take("word", "OR"):
                parts.append(self._all())
            elif self._take("word", "NOT") or self._take("minus"):
                parts = [Both((_joined(Either, parts), Not(self._unit())))]
            else:
                parts.append(self._all())
        return _joined(Either, parts)

    def _all(self) -> Node:
        parts = [self._negated()]
        while self._take("word", "AND"):
            parts.append(self._negated())
        return _joined(Both, parts)

    def _negated(self) -> Node:
        if self._take("word", "NOT") or self._take("minus"):
            return Not(self._unit())
        return self._unit()

    def _unit(self) -> Node:
        place, node = self._place(), self._single()
        near = self._take("near")
        if near is None:
            return node
        distance = int(near.text) if near.text and len(near.text) < 6 else 0
        if not 1 <= distance <= MAX_NEAR:
            raise QueryError("near", near.place, most=MAX_NEAR)
        after, other = self._place(), self._single()
        for where, side in ((place, node), (after, other)):
            if not isinstance(side, Word):
                raise QueryError("near_words", where)
        assert isinstance(node, Word)  # noqa: S101
        assert isinstance(other, Word)  # noqa: S101
        return Near(node, other, distance)

    def _single(self) -> Node:
        if opened := self._take("open"):
            return self._group(opened)
        if field := self._take("field"):
            return self._field(field)
        token = self._take("term") or self._take("phrase")
        if token is None:
            found = self.tokens[self.next].text if self.next < len(self.tokens) else ""
            raise QueryError(
                "word_expected" if found else "word_missing", self._place(), found=found
            )
        return Word(_value(token))

    def _group(self, opened: _Token) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise QueryError("too_deep", opened.place, most=MAX_DEPTH)
        if self._peek("close"):
            raise QueryError("empty_group", opened.place)
        node = self._union()
        if not self._take("close"):
            raise QueryError("unclosed", opened.place)
        self.depth -= 1
        return node

    def _field(self, token: _Token) -> Node:
        name = token.text[:-1].lower()
        if name not in FIELDS:
            raise QueryError("field", token.place, found=name, fields=list(FIELDS))
        value = self._take("term") or self._take("phrase")
        if value is None or value.place != token.place + len(token.text):
            raise QueryError("field_empty", token.place + len(token.text), field=name)
        return Field(name, _value(value))


def _value(token: _Token) -> str:
    value = folded(token.text.strip('"')).strip()
    if not value:
        raise QueryError("empty_phrase", token.place)
    return value


def _joined(kind: type[Both] | type[Either], parts: list[Node]) -> Node:
    return parts[0] if len(parts) == 1 else kind(tuple(parts))
