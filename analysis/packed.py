"""What a place holds in one number, so that one sum adds all of it: its mark and eight others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.features import MARK, SPANS, hashes, marks, places, scatter
from analysis.layers import Layers
from analysis.nets import LARGEST, STRETCH, WIDE
from analysis.text import Codes

Packed = NDArray[np.uint64]

#: Numbers are kept as number + ``LARGEST``, none below zero, in so many bits.
LANE = 7
#: Below the mark, in the highest bits.
UNDER = np.uint64(64 - MARK)
#: The lift of a character's sum, and what stands for nothing: eight times ``LARGEST``.
LIFT = LARGEST * len(SPANS)
NOTHING = np.uint64(sum(LARGEST << LANE * at for at in range(WIDE)))
#: Every other number: four lanes of 14 bits, wide enough for a stretch.
PAIR = np.uint64(2 * LANE)
EVERY_OTHER = np.uint64(sum((1 << LANE) - 1 << 2 * LANE * at for at in range(WIDE // 2)))
BOTH = np.uint64((1 << 2 * LANE) - 1)
#: Where each number goes, so that every other one gives the first half and the rest the second.
_ORDER = np.arange(WIDE).reshape(2, -1).T.ravel()


def pack(layers: Layers) -> Packed:
    """Put the numbers of each place in one, all but the mark crossed with ``NOTHING``."""
    lifted = (layers.table[:, _ORDER].astype(np.int64) + LARGEST).astype(np.uint64)
    moved = lifted << np.arange(0, LANE * WIDE, LANE, dtype=np.uint64)
    held: Packed = np.bitwise_or.reduce(moved, axis=1) ^ NOTHING
    return held | layers.marks.astype(np.uint64) << UNDER


def stretches(codes: Codes, table: Packed) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return what the pieces that end in each stretch add up to, and each text's first stretch.

    The sums have shape (stretches, WIDE) and are whole numbers.
    """
    counts = -(-np.diff(codes.starts) // STRETCH)
    firsts = np.cumsum(counts) - counts
    cuts = np.repeat(codes.starts[:-1] - STRETCH * firsts, counts)
    cuts += STRETCH * np.arange(len(cuts))
    seen, sums = _seen(codes, table), np.empty((WIDE, len(cuts)), np.float32)
    for first, some in enumerate((seen & EVERY_OTHER, (seen >> np.uint64(LANE)) & EVERY_OTHER)):
        added = np.add.reduceat(some, cuts)
        for lane in range(WIDE // 2):
            sums[first * WIDE // 2 + lane] = (added >> PAIR * np.uint64(lane)) & BOTH
    sums -= (LIFT * np.diff(cuts, append=len(seen))).astype(np.float32)
    return np.ascontiguousarray(sums.T), firsts


def _seen(codes: Codes, table: Packed) -> Packed:
    """Return what the pieces that end at each character stand for, together."""
    spread, bits = scatter(codes.values), len(table).bit_length() - 1
    seen = np.zeros(len(spread), np.uint64)
    for piece, span in SPANS.items():
        found = hashes(spread, piece)
        held = table.take(places(found, bits))
        held *= (held >> UNDER).astype(np.uint8) == marks(found, bits)
        whole = np.zeros(len(spread), np.uint64)
        whole[span - 1 :] = held
        for back in range(span - 1):
            whole[codes.starts[:-1] + back] = 0
        seen += whole ^ NOTHING
    return seen
