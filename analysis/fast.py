"""The adder in machine code: one pass over the characters, nothing stored in between."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numba
import numpy as np
from numpy.typing import NDArray

from analysis.features import GOLDEN, LEAP, SALTS, SPANS, STEP
from analysis.text import Codes

_ONE, _TWO, _THREE, _SKIP = (np.uint32(SALTS[name]) for name in SPANS)
_FIFTEEN, _THIRTEEN = np.uint32(15), np.uint32(13)


def adder(table: NDArray[np.int8], pieces: Sequence[str]) -> Callable[[Codes], NDArray[np.float64]]:
    """Return an adder for this table; compiled once per machine, then kept in numba's cache."""
    shift = np.uint32(33 - len(table).bit_length())
    one, two, three, skip = (name in pieces for name in SPANS)

    def add(codes: Codes) -> NDArray[np.float64]:
        totals = np.zeros((len(codes.starts) - 1, 4))
        _add(codes.values, codes.starts, table, shift, (one, two, three, skip), totals)
        return totals

    return add


@numba.njit(cache=True, nogil=True)
def _spread(value: np.int32) -> np.uint32:
    """Do what ``features.scatter`` does, for one code."""
    mixed = np.uint32(np.uint32(value) * GOLDEN)
    mixed = np.uint32(mixed ^ (mixed >> _FIFTEEN))
    mixed = np.uint32(mixed * STEP)
    return np.uint32(mixed ^ (mixed >> _THIRTEEN))


@numba.njit(cache=True, nogil=True)
def _place(whole: np.uint32, salt: np.uint32, shift: np.uint32) -> np.uint32:
    """Return the place in the table of one piece."""
    return np.uint32(np.uint32(np.uint32(whole + salt) * GOLDEN) >> shift)


@numba.njit(cache=True, nogil=True)
def _add(
    values: NDArray[np.int32],
    starts: NDArray[np.int64],
    table: NDArray[np.int8],
    shift: np.uint32,
    used: tuple[bool, bool, bool, bool],
    totals: NDArray[np.float64],
) -> None:
    """Add the weights of every piece of every text to its row of ``totals``."""
    one, two, three, skip = used
    place = np.zeros(4, np.uint32)
    for text in range(len(starts) - 1):
        a = b = c = d = np.int32(0)
        before, last = np.uint32(0), np.uint32(0)
        for at in range(starts[text], starts[text + 1]):
            here = _spread(values[at])
            seen, kinds = at - starts[text], 0
            if one:
                place[kinds] = _place(here, _ONE, shift)
                kinds += 1
            if two and seen >= 1:
                place[kinds] = _place(np.uint32(last * STEP + here), _TWO, shift)
                kinds += 1
            if three and seen >= 2:
                pair = np.uint32(before * STEP + last)
                place[kinds] = _place(np.uint32(pair * STEP + here), _THREE, shift)
                kinds += 1
            if skip and seen >= 2:
                place[kinds] = _place(np.uint32(before * LEAP + here), _SKIP, shift)
                kinds += 1
            for kind in range(kinds):
                row = place[kind]
                a += table[row, 0]
                b += table[row, 1]
                c += table[row, 2]
                d += table[row, 3]
            before, last = last, here
        totals[text, 0], totals[text, 1], totals[text, 2], totals[text, 3] = a, b, c, d
