"""Reading with NumPy alone, to the same last bit as in machine code."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from analysis.layers import LOUDEST, Floats, Layers, apart, heard, odds
from analysis.mood import MOODS
from analysis.nets import NUMBERS
from analysis.packed import pack, stretches
from analysis.text import Codes

Small = NDArray[np.float32]
Numbers = NDArray[np.int64]


def plain(layers: Layers) -> Callable[[Codes], Floats]:
    """Return what reads with NumPy alone."""
    table, hidden = pack(layers), apart(layers.hidden.astype(np.float32))

    def add(codes: Codes) -> Floats:
        sums, firsts = stretches(codes, layers, table)
        longest, going, order = _turns(np.diff(firsts, append=len(sums)), firsts)
        sizes = np.diff(codes.starts)[longest]
        sums, whole = sums.take(order, axis=0), np.zeros((len(firsts), NUMBERS), np.float32)
        for at, count in going:
            whole[:count] += sums[at : at + count]
        wide = whole.astype(np.float64)
        said = heard(layers, wide, sizes)
        total, peak = _units(sums @ hidden, said, going)
        found = np.empty((len(firsts), len(MOODS)))
        found[longest] = odds(
            layers, wide, total.astype(np.float64), peak.astype(np.float64), sizes
        )
        return found

    return add


def _turns(counts: Numbers, firsts: Numbers) -> tuple[Numbers, list[tuple[int, int]], Numbers]:
    """Return how stretches are worked on: the first ones of all texts, then the second ones.

    Returns:
        The texts, those of most stretches first; for each turn where its stretches begin and how
        many there are; and the stretches of all turns.
    """
    # Of small numbers NumPy sorts faster.
    longest = np.argsort(-counts.astype(np.int16), kind="stable")
    going = np.searchsorted(-counts[longest], -np.arange(counts.max(initial=0)))
    firsts, begins = firsts[longest], np.cumsum(going) - going
    order = [firsts[:0], *(firsts[:count] + turn for turn, count in enumerate(going))]
    return longest, list(zip(begins.tolist(), going.tolist(), strict=True)), np.concatenate(order)


def _units(units: Small, said: Small, going: list[tuple[int, int]]) -> tuple[Small, Small]:
    """Return the sum and the peak of each unit over each text's stretches."""
    total, peak = np.zeros_like(said), np.zeros_like(said)
    # Whole arrays: for one number NumPy goes a slower way.
    none, loudest = np.zeros_like(said), np.full_like(said, LOUDEST)
    for at, count in going:
        # Exact: no sum of these whole numbers leaves the 24 bits of a float.
        some = units[at : at + count]
        some += said[:count]
        np.maximum(some, none[:count], out=some)
        np.minimum(some, loudest[:count], out=some)
        total[:count] += some
        np.maximum(peak[:count], some, out=peak[:count])
    return total, peak
