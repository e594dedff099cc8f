"""What a post is made of: hashed character pieces, as places in a table."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from analysis.text import Codes

Hashes = NDArray[np.uint32]

#: Odd constants of MurmurHash3's finaliser and of Knuth's multiplicative hashing.
GOLDEN, STEP, LEAP = np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35)
#: Pieces by name: how many characters each spans. ``skip`` is a pair around one character.
SPANS: dict[str, int] = {"one": 1, "two": 2, "skip": 3}
SALTS: dict[str, int] = {"one": 11, "two": 222, "skip": 55555}


def scatter(values: NDArray[np.int32]) -> Hashes:
    """Spread codes over 32 bits, so that sums of them collide rarely."""
    mixed = values.astype(np.uint32) * GOLDEN
    mixed ^= mixed >> np.uint32(15)
    mixed *= STEP
    mixed ^= mixed >> np.uint32(13)
    return mixed


def places(spread: Hashes, piece: str, bits: int) -> Hashes:
    """Return the table place of the piece that begins at each character; shape (n - span + 1,)."""
    if piece == "one":
        whole = spread
    elif piece == "two":
        whole = spread[:-1] * STEP + spread[1:]
    else:
        whole = spread[:-2] * LEAP + spread[2:]
    return ((whole + np.uint32(SALTS[piece])) * GOLDEN) >> np.uint32(32 - bits)


def pieces(codes: Codes, bits: int) -> Iterator[tuple[NDArray[np.int64], Hashes]]:
    """Yield, per kind of piece, the text each piece belongs to and its place in the table."""
    spread = scatter(codes.values)
    owner = np.repeat(np.arange(len(codes.starts) - 1), np.diff(codes.starts))
    for name, span in SPANS.items():
        whole = owner[: len(owner) - span + 1] == owner[span - 1 :]
        yield owner[: len(owner) - span + 1][whole], places(spread, name, bits)[whole]
