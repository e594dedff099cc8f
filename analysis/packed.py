"""Eight bytes of a place in one number, so that one sum adds all of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.features import SPANS, places, scatter
from analysis.nets import LARGEST, STRETCH, WIDE
from analysis.text import Codes

Packed = NDArray[np.uint64]

#: Bytes are kept as byte + ``LARGEST``, none below zero; this much of a character's sum is lift.
LIFT = LARGEST * len(SPANS)
#: Every other byte of a number: four lanes of 16 bits, wide enough for a stretch.
EVERY_OTHER = np.uint64(0x00FF_00FF_00FF_00FF)
#: Where each byte goes, so that every other one gives the first half and the rest the second.
_ORDER = np.arange(WIDE).reshape(2, -1).T.ravel()


def pack(table: NDArray[np.int8]) -> Packed:
    """Put the bytes of each place in one number; one place more, the last, holds zeros."""
    lifted = np.full((len(table) + 1, WIDE), LARGEST, np.uint8)
    lifted[:-1] += table[:, _ORDER].view(np.uint8)
    return lifted.view("<u8").ravel().astype(np.uint64, copy=False)


def stretches(codes: Codes, table: Packed) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return what the pieces that end in each stretch add up to, and each text's first stretch.

    The sums have shape (stretches, WIDE) and are whole numbers.
    """
    counts = -(-np.diff(codes.starts) // STRETCH)
    firsts = np.cumsum(counts) - counts
    cuts = np.repeat(codes.starts[:-1] - STRETCH * firsts, counts)
    cuts += STRETCH * np.arange(len(cuts))
    seen, sums = _seen(codes, table), np.empty((len(cuts), 2), "<u8")
    sums[:, 0] = np.add.reduceat(seen & EVERY_OTHER, cuts)
    sums[:, 1] = np.add.reduceat((seen >> np.uint64(8)) & EVERY_OTHER, cuts)
    lift = (LIFT * np.diff(cuts, append=len(seen))).astype(np.float32)
    return sums.view("<u2").astype(np.float32) - lift[:, None], firsts


def _seen(codes: Codes, table: Packed) -> Packed:
    """Return what the pieces that end at each character stand for, together."""
    spread, nothing = scatter(codes.values), len(table) - 1
    bits = nothing.bit_length() - 1
    found = table.take(places(spread, "one", bits))
    for piece, span in SPANS.items():
        if span > 1:
            at = np.full(len(spread), nothing, np.int64)
            at[span - 1 :] = places(spread, piece, bits)
            for back in range(span - 1):
                at[codes.starts[:-1] + back] = nothing
            found += table.take(at)
    return found
