"""What a post is made of: hashed character pieces, each with a place in a table and a mark."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from analysis.text import Codes

Hashes = NDArray[np.uint32]
Marks = NDArray[np.uint8]

#: Odd constants of MurmurHash3's finaliser and of Knuth's multiplicative hashing.
GOLDEN, STEP, LEAP = np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35)
#: Pieces by name: how many characters each spans.
SPANS: dict[str, int] = {"one": 1, "two": 2, "three": 3}
SALTS: dict[str, int] = {"one": 11, "two": 222, "three": 55555}
#: Bits of a mark. Of the pieces that fall on a place, one owns it, and its mark tells it from the
#: others; one stranger in 256 passes for the owner.
MARK = 8


def scatter(values: NDArray[np.int32]) -> Hashes:
    """Spread codes over 32 bits, so that sums of them collide rarely."""
    mixed = values.astype(np.uint32) * GOLDEN
    mixed ^= mixed >> np.uint32(15)
    mixed *= STEP
    mixed ^= mixed >> np.uint32(13)
    return mixed


def hashed(*spread: Hashes) -> Hashes:
    """Return the hashes of pieces by their spread codes, the first of each, then the second."""
    whole = spread[-1]
    for char, factor in zip(spread[-2::-1], (STEP, LEAP), strict=False):
        whole = whole + char * factor
    return (whole + np.uint32(SALTS[list(SPANS)[len(spread) - 1]])) * GOLDEN


def hashes(spread: Hashes, piece: str) -> Hashes:
    """Return the hash of the piece that begins at each character; shape (n - span + 1,)."""
    span = SPANS[piece]
    return hashed(*(spread[at : len(spread) - span + 1 + at] for at in range(span)))


def places(found: Hashes, bits: int) -> Hashes:
    """Return where pieces stand in a table of ``2 ** bits`` places, by their hashes."""
    return found >> np.uint32(32 - bits)


def marks(found: Hashes, bits: int) -> Marks:
    """Return the marks of pieces, by their hashes."""
    return (found >> np.uint32(32 - bits - MARK)).astype(np.uint8)


def owners(found: Hashes, worth: NDArray[np.float64] | NDArray[np.int64], bits: int) -> Marks:
    """Give each of ``2 ** bits`` places to the worthiest piece that falls there; return its mark.

    Args:
        found: hashes of pieces, each once.
        worth: of each, shape (pieces,).
        bits: of the table, ``32 - MARK`` at most.
    """
    order = np.argsort(worth, kind="stable")
    given = np.zeros(1 << bits, np.uint8)
    given[places(found[order], bits)] = marks(found[order], bits)
    return given


def pieces(codes: Codes) -> Iterator[tuple[NDArray[np.int64], Hashes]]:
    """Yield, per kind of piece, the text each piece belongs to and its hash."""
    spread = scatter(codes.values)
    owner = np.repeat(np.arange(len(codes.starts) - 1), np.diff(codes.starts))
    for name, span in SPANS.items():
        whole = owner[: len(owner) - span + 1] == owner[span - 1 :]
        yield owner[: len(owner) - span + 1][whole], hashes(spread, name)[whole]
