"""Reading in machine code: over the characters of a text, then over its stretches."""

from __future__ import annotations

from collections.abc import Callable

import numba
import numpy as np

from analysis.features import GOLDEN, LEAP, SALTS, SPANS, STEP
from analysis.layers import CONTEXT_PARTS, LENGTH_PARTS, LENGTHS, MOST, Floats, Layers
from analysis.nets import STRETCH, WIDE
from analysis.packed import EVERY_OTHER, LIFT, pack
from analysis.text import LONGEST, Codes

ONE, TWO, SKIP = (np.uint32(SALTS[name]) for name in SPANS)
_FIFTEEN, _THIRTEEN = np.uint32(15), np.uint32(13)
_PARTS = CONTEXT_PARTS * LENGTH_PARTS
_EIGHT, _LANE = np.uint64(8), np.uint64(0xFFFF)
_NOTHING = np.float32(0)
_MOST = float(MOST)


def adder(layers: Layers) -> Callable[[Codes], Floats]:
    """Return what reads with these layers; compiled once per machine, then in numba's cache."""
    table = pack(layers.table)
    shift = np.uint32(33 - (len(table) - 1).bit_length())
    how = (
        layers.hidden.astype(np.float32),
        layers.context.astype(np.float64),
        layers.start.astype(np.float64),
        np.ascontiguousarray(layers.heads.T, np.float64),
        LENGTHS,
    )

    def add(codes: Codes) -> Floats:
        parts = np.zeros((len(codes.starts) - 1, 3, layers.heads.shape[1]))
        _read(codes.values, codes.starts, table, shift, how, parts)
        return parts

    return add


@numba.njit(cache=True, nogil=True)
def spread(value: np.int32) -> np.uint32:
    """Do what ``features.scatter`` does, for one code."""
    mixed = np.uint32(np.uint32(value) * GOLDEN)
    mixed = np.uint32(mixed ^ (mixed >> _FIFTEEN))
    mixed = np.uint32(mixed * STEP)
    return np.uint32(mixed ^ (mixed >> _THIRTEEN))


@numba.njit(cache=True, nogil=True)
def place_of(whole: np.uint32, salt: np.uint32, shift: np.uint32) -> np.uint32:
    """Return the place in the table of one piece."""
    return np.uint32(np.uint32(np.uint32(whole + salt) * GOLDEN) >> shift)


@numba.njit(cache=True, nogil=True)
def _sums(values, table, shift, into):  # type: ignore[no-untyped-def]
    """Add up what the pieces that end in each stretch of a text stand for; return how many rows."""
    before, last = np.uint32(0), np.uint32(0)
    even, odd, row, size = np.uint64(0), np.uint64(0), 0, len(values)
    nothing = table[len(table) - 1]
    for at in range(size):
        here = spread(values[at])
        seen = table[place_of(here, ONE, shift)]
        two = place_of(np.uint32(last * STEP + here), TWO, shift)
        skip = place_of(np.uint32(before * LEAP + here), SKIP, shift)
        seen += table[two] if at >= 1 else nothing
        seen += table[skip] if at >= 2 else nothing
        even += seen & EVERY_OTHER
        odd += (seen >> _EIGHT) & EVERY_OTHER
        before, last = last, here
        if (at + 1) % STRETCH == 0 or at + 1 == size:
            lift = LIFT * (at + 1 - row * STRETCH)
            for lane in range(WIDE // 2):
                far = np.uint64(16 * lane)
                into[row, lane] = np.int32((even >> far) & _LANE) - lift
                into[row, lane + WIDE // 2] = np.int32((odd >> far) & _LANE) - lift
            even, odd, row = np.uint64(0), np.uint64(0), row + 1
    return row


# The numbers are whole, never NaN and small enough for their floats to be exact: sums come out the
# same in any order, and saying so lets units run side by side.
_SIDE_BY_SIDE = {"nnan", "nsz", "reassoc", "contract"}


@numba.njit(cache=True, nogil=True, fastmath=_SIDE_BY_SIDE)
def _hear(whole, context, start, shorter, heard):  # type: ignore[no-untyped-def]
    """Work out what the whole of a text says to each unit, as ``layers.heard`` does."""
    a, b, c, d, e, f, g, h = (
        whole[0], whole[1], whole[2], whole[3], whole[4], whole[5], whole[6], whole[7],
    )  # fmt: skip
    for at in range(len(heard)):
        said = a * context[0, at] + b * context[1, at] + c * context[2, at] + d * context[3, at]
        said += e * context[4, at] + f * context[5, at] + g * context[6, at] + h * context[7, at]
        step = np.floor(said * shorter / _PARTS) + start[at]
        heard[at] = min(max(step, -_MOST), _MOST)


@numba.njit(cache=True, nogil=True, fastmath=_SIDE_BY_SIDE)
def _units(sums, hidden, heard, total, peak):  # type: ignore[no-untyped-def]
    """Let every unit read one stretch."""
    a, b, c, d, e, f, g, h = sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], sums[7]
    for at in range(len(heard)):
        unit = heard[at] + a * hidden[0, at] + b * hidden[1, at] + c * hidden[2, at]
        unit += d * hidden[3, at] + e * hidden[4, at] + f * hidden[5, at]
        unit = max(unit + g * hidden[6, at] + h * hidden[7, at], _NOTHING)
        total[at] += np.int32(unit)
        peak[at] = max(peak[at], unit)


@numba.njit(cache=True, nogil=True, fastmath=_SIDE_BY_SIDE)
def _tell(whole, total, peak, heads, parts):  # type: ignore[no-untyped-def]
    """Write down what the whole text and the two pools of units say of each mood."""
    units = len(total)
    for mood in range(len(heads)):
        said, summed, highest = 0.0, 0.0, 0.0
        for lane in range(WIDE):
            said += whole[lane] * heads[mood, lane]
        for unit in range(units):
            summed += total[unit] * heads[mood, WIDE + unit]
            highest += peak[unit] * heads[mood, WIDE + units + unit]
        parts[0, mood], parts[1, mood], parts[2, mood] = said, summed, highest


@numba.njit(cache=True, nogil=True)
def _read(values, starts, table, shift, how, parts):  # type: ignore[no-untyped-def]
    """Fill the parts of every text."""
    hidden, context, start, heads, lengths = how
    units = len(start)
    sums = np.zeros(((LONGEST + 2) // STRETCH + 2, WIDE), np.float32)
    whole, heard = np.zeros(WIDE), np.zeros(units, np.float32)
    total, peak = np.zeros(units, np.int32), np.zeros(units, np.float32)
    for text in range(len(starts) - 1):
        rows = _sums(values[starts[text] : starts[text + 1]], table, shift, sums)
        whole[:] = 0
        for row in range(rows):
            for lane in range(WIDE):
                whole[lane] += sums[row, lane]
        _hear(whole, context, start, lengths[starts[text + 1] - starts[text]], heard)
        total[:], peak[:] = 0, 0
        for row in range(rows):
            _units(sums[row], hidden, heard, total, peak)
        _tell(whole, total, peak, heads, parts[text])
