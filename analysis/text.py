"""Posts as arrays: cleaned, folded to one code a character, many at a time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

#: Longest part of a text that is read, in characters: ten times the longest post of the corpus.
LONGEST = 2_000
#: Codes that no character keeps: dropped characters, and the edge of a text.
DROPPED, EDGE = 0, 1
MENTION, LINK = "\ue000", "\ue001"

_LINK = re.compile(r"https?://[!-~]{1,500}")
_MENTION = re.compile(r"@(?:用户|[\w\-]{1,30})")
_MARKUP = re.compile(r"<[/a-zA-Z!][^<>\0]{0,300}>")
# For taking texts apart; the characters that stand for links and names may also come from outside.
_LINKS = re.compile(f"{LINK}|{_LINK.pattern}")
_NAMES = re.compile(f"{MENTION}|{_MENTION.pattern}")
_WHOLE = re.compile(f"[{MENTION}{LINK}]")
_PIECE = re.compile(f"({_WHOLE.pattern}|{_MARKUP.pattern})")
_SIMPLIFIED = Path(__file__).parent / "models" / "simplified.txt"


@dataclass(frozen=True)
class Codes:
    """Folded texts in one row.

    Attributes:
        values: int32, every text as ``EDGE c1 … cn EDGE``.
        starts: int64 (texts + 1,), where each text begins; the last is the length of ``values``.
    """

    values: NDArray[np.int32]
    starts: NDArray[np.int64]


def encode(texts: Sequence[str]) -> Codes:
    """Clean and fold texts; any string is accepted, lone surrogates and NUL included."""
    if max(map(len, texts), default=0) <= LONGEST:
        codes = _folded(join(texts))
        if len(codes.starts) == len(texts) + 1:
            return codes
    # Some text is too long, or has NUL characters of its own.
    return _folded(join([text[:LONGEST].replace("\0", " ") for text in texts]))


def _folded(joined: str) -> Codes:
    """Clean and fold texts that stand between NUL characters."""
    points = np.frombuffer(clean(joined).encode("utf-32-le", "surrogatepass"), dtype=np.int32)
    # Clipped, all planes from the third on share one code.
    values = fold_table().take(points, mode="clip")
    kept = values != DROPPED
    if not kept.all():
        values = values[kept]
    edges = np.flatnonzero(values == EDGE)
    return Codes(values, np.append(edges[0::2], len(values)).astype(np.int64))


def join(texts: Sequence[str]) -> str:
    """Put texts in one string, each between two NUL characters."""
    return "\0" + "\0\0".join(texts) + "\0" if texts else ""


def clean(joined: str) -> str:
    """Replace links and names by one character each and markup by a space."""
    if "http" in joined:
        joined = _LINK.sub(LINK, joined)
    if "@" in joined:
        joined = _MENTION.sub(MENTION, joined)
    if "<" in joined:
        joined = _MARKUP.sub(" ", joined)
    return joined


def pieces(text: str) -> list[tuple[str, bool]]:
    """Split a text into what is read as one piece (a link, a name, markup) and what is not.

    The parts join to the text; True marks one piece.
    """
    linked = _LINKS.sub(LINK, text)
    held = {LINK: iter(_LINKS.findall(text)), MENTION: iter(_NAMES.findall(linked))}
    found: list[tuple[str, bool]] = []
    for part in _PIECE.split(_NAMES.sub(MENTION, linked)):
        if part:
            whole = _WHOLE.sub(lambda at: next(held[at[0]]), part)
            found.append((whole, _PIECE.fullmatch(part) is not None))
    return found


@cache
def fold_table() -> NDArray[np.int32]:
    """Map a code point to its code: width, case, script and digits folded, marks dropped."""
    table = np.arange(0x20000, dtype=np.int32)
    for point in range(1, 0x10000):
        table[point] = _fold(point)
    for line in _SIMPLIFIED.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            pairs = np.frombuffer(line.encode("utf-32-le"), dtype=np.int32)
            table[pairs[0::2]] = pairs[1::2]
    table[0] = EDGE
    return table


def _fold(point: int) -> int:
    """Return the code of one character of the basic plane."""
    char = chr(point)
    if 0x4E00 <= point < 0xA000 or 0xAC00 <= point < 0xF900:
        return point
    kind = unicodedata.category(char)
    if kind in {"Cf", "Mn", "Me"}:
        return DROPPED
    if kind in {"Zs", "Zl", "Zp", "Cc"}:
        return 32
    if kind == "Nd":
        return 48
    folded = unicodedata.normalize("NFKC", char).lower()
    return ord(folded) if len(folded) == 1 else point
