"""One sentence a line, with the facts it rests on at its end: the form people edit.

``外层涂层通过检测。 [F3][F7]`` is a sentence on facts 3 and 7.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

#: Longest sentence kept, in characters.
LONGEST = 1_000

_MARK = re.compile(r"[\[【［]\s*[Ff](\d{1,9})\s*[\]】］]")
_BREAKS = re.compile(r"[\t\r\n\v\f\x1c-\x1f\x85\u2028\u2029]+")
_SPACES = re.compile(r" {2,}")

Sentence = dict[str, Any]


def tidy(text: str) -> str:
    """Return one line of clean text: no control or direction marks, no outer space, bounded."""
    kept = (char for char in _BREAKS.sub(" ", text) if not _unwanted(char))
    return _SPACES.sub(" ", "".join(kept)).strip()[:LONGEST].rstrip()


def _unwanted(char: str) -> bool:
    # Cs: lone surrogates, which no database stores; Cf: zero-width and direction marks, with which
    # a published text could read differently from the one that was signed.
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Cn", "Co"}


def sentence(
    text: str, facts: Iterable[int] = (), origin: str = "template", seen: Sequence[str] = ()
) -> Sentence:
    """Return one sentence as it stands in a release's content.

    ``seen`` holds values of our own monitoring in it (counts, times), which need no fact.
    """
    made: Sentence = {"text": text, "facts": sorted(set(facts)), "origin": origin}
    return made | {"seen": list(seen)} if seen else made


def parse(lines: str, origin: str) -> list[Sentence]:
    """Read a block of lines; empty lines fall away."""
    found = [parse_line(line, origin) for line in re.split(r"[\r\n]+", lines)]
    return [one for one in found if one["text"]]


def parse_line(line: str, origin: str) -> Sentence:
    """Read one line."""
    facts = [int(mark) for mark in _MARK.findall(line)]
    return sentence(tidy(_MARK.sub("", line)), facts, origin)


def show(sentences: Iterable[Mapping[str, Any]]) -> str:
    """Write sentences as lines that ``parse`` reads back."""
    return "\n".join(show_line(one) for one in sentences)


def show_line(one: Mapping[str, Any]) -> str:
    """Write one sentence as a line."""
    marks = "".join(f"[F{fact}]" for fact in one["facts"])
    return f"{one['text']} {marks}" if marks else str(one["text"])


def plain(text: str) -> str:
    """Return a value for a template: one line that cannot pass for a mark or a heading."""
    return tidy(_MARK.sub("", text)).lstrip("# ")
