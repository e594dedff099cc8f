"""Adding the weights of a text's pieces: with numba where it is installed, else with NumPy."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.features import SPANS, places, scatter
from analysis.text import Codes

#: Adds up: one row per text, one column per mood.
Sums = Callable[[Codes], NDArray[np.float64]]

#: A weight of zero in each of four 16-bit lanes: weights are kept as weight + 128.
_ZERO = np.uint64(0x0080_0080_0080_0080)
#: So many lanes of at most 255 fit in 16 bits.
_LANES = 256


#: Machine code is fetched once so many texts were added: loading numba takes about a second.
_WORTH_IT = 4_000


def adder(table: NDArray[np.int8], pieces: Sequence[str]) -> Sums:
    """Return an adder for this table; it moves to machine code when there is much to add.

    Both kinds add whole numbers, so they agree to the last bit.
    """
    slow = plain(table, pieces)
    if importlib.util.find_spec("numba") is None:
        return slow
    state: dict[str, Sums] = {}
    seen = 0

    def add(codes: Codes) -> NDArray[np.float64]:
        nonlocal seen
        if "fast" in state:
            return state["fast"](codes)
        seen += len(codes.starts) - 1
        if seen >= _WORTH_IT or "numba" in sys.modules:
            state["fast"] = _fast(table, pieces) or slow
        return state.get("fast", slow)(codes)

    return add


def _fast(table: NDArray[np.int8], pieces: Sequence[str]) -> Sums | None:
    """Load the compiled adder; None where numba finds no folder to keep it in."""
    try:
        from analysis import fast
    except RuntimeError:
        # An installation that may not be written, run by someone without a home.
        return None
    return fast.adder(table, pieces)


def plain(table: NDArray[np.int8], pieces: Sequence[str]) -> Sums:
    """Return an adder of NumPy alone: four weights in one number, so one pass adds all four."""
    packed = _pack(table)
    bits = len(table).bit_length() - 1

    def add(codes: Codes) -> NDArray[np.float64]:
        spread = scatter(codes.values)
        cuts, texts = _cuts(codes.starts)
        totals = np.zeros((len(codes.starts) - 1, 4), np.int64)
        for piece in pieces:
            weights = np.full(len(spread), _ZERO)
            count = len(spread) - SPANS[piece] + 1
            if count > 0:
                weights[:count] = packed[places(spread, piece, bits)]
            for back in range(1, SPANS[piece]):
                weights[codes.starts[1:] - back] = _ZERO
            sums = _unpack(np.add.reduceat(weights, cuts), np.diff(cuts, append=len(spread)))
            if len(texts) == len(totals):
                totals += sums
            else:
                np.add.at(totals, texts, sums)
        return totals.astype(np.float64)

    return add


def _pack(table: NDArray[np.int8]) -> NDArray[np.uint64]:
    """Put the four weights of a place in the four lanes of one number, the first lowest."""
    lifted = table.astype("<i2")
    lifted += 128
    return lifted.view("<u8").ravel().astype(np.uint64, copy=False)


def _unpack(sums: NDArray[np.uint64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Take the lanes apart again and the lift away."""
    lanes = np.arange(4, dtype=np.uint64) * np.uint64(16)
    apart = ((sums[:, None] >> lanes) & np.uint64(0xFFFF)).astype(np.int64)
    return apart - 128 * counts[:, None]


def _cuts(starts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cut texts in stretches that fit the lanes; return where each begins and whose it is."""
    sizes = np.diff(starts)
    texts = np.arange(len(sizes))
    if sizes.max(initial=0) <= _LANES:
        return starts[:-1], texts
    parts = -(-sizes // _LANES)
    owners = np.repeat(texts, parts)
    first = np.repeat(np.cumsum(parts) - parts, parts)
    return starts[:-1][owners] + (np.arange(len(owners)) - first) * _LANES, owners
