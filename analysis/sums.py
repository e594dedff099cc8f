"""Adding up what a text's pieces stand for: with numba where it is installed, else with NumPy."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from analysis.layers import Floats, Layers, heard, told
from analysis.packed import pack, stretches
from analysis.text import Codes

Small = NDArray[np.float32]
Whole = NDArray[np.int32]
#: Reads texts: the three parts of their log-odds in steps, shape (texts, 3, moods).
Sums = Callable[[Codes], Floats]

#: Machine code is fetched once so many texts were read: loading numba takes about a second.
_WORTH_IT = 4_000


def adder(layers: Layers) -> Sums:
    """Return what reads with these layers; it moves to machine code when there is much to read.

    Both kinds use whole numbers, so they agree to the last bit.
    """
    slow = plain(layers)
    if importlib.util.find_spec("numba") is None:
        return slow
    state: dict[str, Sums] = {}
    seen = 0

    def add(codes: Codes) -> Floats:
        nonlocal seen
        if "fast" in state:
            return state["fast"](codes)
        seen += len(codes.starts) - 1
        if seen >= _WORTH_IT or "numba" in sys.modules:
            state["fast"] = _fast(layers) or slow
        return state.get("fast", slow)(codes)

    return add


def _fast(layers: Layers) -> Sums | None:
    """Load the compiled adder; None where numba finds no folder to keep it in."""
    try:
        from analysis import fast
    except RuntimeError:
        # An installation that may not be written, run by someone without a home.
        return None
    return fast.adder(layers)


def plain(layers: Layers) -> Sums:
    """Return what reads with NumPy alone."""
    table, hidden = pack(layers), layers.hidden.astype(np.float32)

    def add(codes: Codes) -> Floats:
        sums, firsts = stretches(codes, table)
        whole = np.add.reduceat(sums, firsts, axis=0).astype(np.float64)
        said = heard(layers, whole, np.diff(codes.starts))
        total, peak = _units(sums, firsts, said, hidden)
        return told(layers, whole, total.astype(np.float64), peak.astype(np.float64))

    return add


def _units(
    sums: Small, firsts: NDArray[np.int64], said: Whole, hidden: Small
) -> tuple[Whole, Whole]:
    """Return the sum and the peak of each unit over each text's stretches."""
    counts = np.diff(firsts, append=len(sums))
    longest = np.argsort(-counts, kind="stable")
    firsts, counts, said = firsts[longest], counts[longest], said[longest]
    total, peak = np.zeros_like(said), np.zeros_like(said)
    for stretch in range(counts[0] if len(counts) else 0):
        going = int(np.searchsorted(-counts, -stretch))
        # Exact: no sum of these whole numbers leaves the 24 bits of a float.
        units = (sums[firsts[:going] + stretch] @ hidden).astype(np.int32)
        units += said[:going]
        np.maximum(units, 0, out=units)
        total[:going] += units
        np.maximum(peak[:going], units, out=peak[:going])
    back = np.empty_like(longest)
    back[longest] = np.arange(len(longest))
    return total[back], peak[back]
