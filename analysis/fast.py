"""Reading in machine code: over the characters of some texts, then over their stretches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from analysis.features import GOLDEN, LEAP, MARK, SALTS, SPANS, STEP
from analysis.layers import CONTEXT_PARTS, LENGTH_PARTS, LENGTHS, MOST, Floats, Layers
from analysis.nets import STRETCH, WIDE
from analysis.packed import BOTH, EVERY_OTHER, LANE, LIFT, NOTHING, PAIR, UNDER, pack
from analysis.text import LONGEST, Codes

ONE, TWO, THREE = (np.uint32(SALTS[name]) for name in SPANS)
_FIFTEEN, _THIRTEEN = np.uint32(15), np.uint32(13)
_PARTS = CONTEXT_PARTS * LENGTH_PARTS
_LANE, _MARKS, _NOTHING = np.uint64(LANE), np.uint32((1 << MARK) - 1), np.float32(0)
_MOST = float(MOST)
#: Codes worked on at once, so that what is noted of them stays in the nearest cache.
_BLOCK = 2_048
#: Units worked out side by side: a number known beforehand is what makes the machine do so.
_SIDE = 32
#: What is kept of a place, by how its mark differs from a piece's: all or nothing. A table, since
#: a choice would be made by a jump that the machine guesses wrong every third time.
_KEPT = np.where(np.arange(1 << MARK) == 0, ~np.uint64(0), np.uint64(0))


def adder(layers: Layers) -> Callable[[Codes], Floats]:
    """Return what reads with these layers; compiled once per machine, then in numba's cache."""
    table = pack(layers)
    bits = len(table).bit_length() - 1
    shifts = (np.uint32(32 - bits), np.uint32(32 - bits - MARK))
    straight = np.ascontiguousarray(layers.heads[:WIDE].T, np.float64)
    how = (*_sides(layers), straight, LENGTHS)

    def add(codes: Codes) -> Floats:
        parts = np.zeros((len(codes.starts) - 1, 3, layers.heads.shape[1]))
        _read(codes.values, codes.starts, table, shifts, how, parts)
        return parts

    return add


def _sides(layers: Layers) -> tuple[NDArray[Any], ...]:
    """Return hidden, context, start and heads of as many units as work side by side.

    Shapes (sides, WIDE, _SIDE) twice, (sides, _SIDE), (sides, moods, 2, _SIDE); units that are
    wanting to fill the last side say nothing.
    """
    units, moods = len(layers.start), layers.heads.shape[1]
    sides = -(-units // _SIDE)
    hidden, context = np.zeros((2, WIDE, sides * _SIDE))
    start, heads = np.zeros(sides * _SIDE), np.zeros((moods, 2, sides * _SIDE))
    hidden[:, :units], context[:, :units], start[:units] = (
        layers.hidden, layers.context, layers.start,
    )  # fmt: skip
    heads[:, :, :units] = layers.heads[WIDE:].reshape(2, units, moods).transpose(2, 0, 1)
    apart = [
        np.ascontiguousarray(np.stack(np.split(all_, sides or 1, axis=-1))[:sides])
        for all_ in (hidden, context, start, heads)
    ]
    return (apart[0].astype(np.float32), *apart[1:])


@numba.njit(cache=True, nogil=True)
def spread(value: np.int32) -> np.uint32:
    """Do what ``features.scatter`` does, for one code."""
    mixed = np.uint32(np.uint32(value) * GOLDEN)
    mixed = np.uint32(mixed ^ (mixed >> _FIFTEEN))
    mixed = np.uint32(mixed * STEP)
    return np.uint32(mixed ^ (mixed >> _THIRTEEN))


@numba.njit(cache=True, nogil=True)
def hashes(values, spaced, found):  # type: ignore[no-untyped-def]
    """Fill the hashes of the pieces that end at each code, shape (3, codes).

    ``spaced`` is room for two codes more.
    """
    one, two, three = found
    for at in range(len(values)):
        spaced[at + 2] = spread(values[at])
    for at in range(len(values)):
        here, last = spaced[at + 2], np.uint32(spaced[at + 1] * STEP)
        pair = np.uint32(last + here)
        one[at] = np.uint32(np.uint32(here + ONE) * GOLDEN)
        two[at] = np.uint32(np.uint32(pair + TWO) * GOLDEN)
        three[at] = np.uint32(np.uint32(np.uint32(spaced[at] * LEAP + pair) + THREE) * GOLDEN)


@numba.njit(cache=True, nogil=True)
def _stands(piece: np.uint32, table, shifts) -> np.uint64:  # type: ignore[no-untyped-def]
    """Return what a piece stands for: nothing where it does not own its place."""
    held = table[piece >> shifts[0]]
    other = (held >> UNDER) ^ np.uint64((piece >> shifts[1]) & _MARKS)
    return np.uint64((held & _KEPT[other]) ^ NOTHING)


@numba.njit(cache=True, nogil=True)
def _look(found, starts, table, shifts, seen):  # type: ignore[no-untyped-def]
    """Fill what the pieces that end at each code of some texts stand for, together."""
    one, two, three = found
    origin = starts[0]
    for at in range(starts[-1] - origin):
        short = _stands(one[at], table, shifts) + _stands(two[at], table, shifts)
        seen[at] = short + _stands(three[at], table, shifts)
    for text in range(len(starts) - 1):
        # Nothing reaches over the edge of a text.
        at = starts[text] - origin
        seen[at] = _stands(one[at], table, shifts) + NOTHING + NOTHING
        if starts[text + 1] - starts[text] > 1:
            short = _stands(one[at + 1], table, shifts) + _stands(two[at + 1], table, shifts)
            seen[at + 1] = short + NOTHING


@numba.njit(cache=True, nogil=True)
def _sums(seen, into):  # type: ignore[no-untyped-def]
    """Add up what stands in each stretch of a text; return how many stretches."""
    row, size = 0, len(seen)
    for first in range(0, size, STRETCH):
        last = min(first + STRETCH, size)
        even, odd = np.uint64(0), np.uint64(0)
        for at in range(first, last):
            even += seen[at] & EVERY_OTHER
            odd += (seen[at] >> _LANE) & EVERY_OTHER
        lift = LIFT * (last - first)
        for lane in range(WIDE // 2):
            far = PAIR * np.uint64(lane)
            into[row, lane] = np.int32((even >> far) & BOTH) - lift
            into[row, lane + WIDE // 2] = np.int32((odd >> far) & BOTH) - lift
        row += 1
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
    for at in range(_SIDE):
        said = a * context[0, at] + b * context[1, at] + c * context[2, at] + d * context[3, at]
        said += e * context[4, at] + f * context[5, at] + g * context[6, at] + h * context[7, at]
        step = np.floor(said * shorter / _PARTS) + start[at]
        heard[at] = min(max(step, -_MOST), _MOST)


@numba.njit(cache=True, nogil=True, fastmath=_SIDE_BY_SIDE)
def _units(sums, hidden, heard, total, peak):  # type: ignore[no-untyped-def]
    """Let units read all stretches of a text."""
    for at in range(_SIDE):
        total[at], peak[at] = 0, _NOTHING
    for row in range(len(sums)):
        a, b, c, d = sums[row, 0], sums[row, 1], sums[row, 2], sums[row, 3]
        e, f, g, h = sums[row, 4], sums[row, 5], sums[row, 6], sums[row, 7]
        for at in range(_SIDE):
            unit = heard[at] + a * hidden[0, at] + b * hidden[1, at] + c * hidden[2, at]
            unit += d * hidden[3, at] + e * hidden[4, at] + f * hidden[5, at]
            unit = max(unit + g * hidden[6, at] + h * hidden[7, at], _NOTHING)
            total[at] += np.int32(unit)
            peak[at] = max(peak[at], unit)


@numba.njit(cache=True, nogil=True, fastmath=_SIDE_BY_SIDE)
def _tell(total, peak, heads, parts):  # type: ignore[no-untyped-def]
    """Add what the two pools of units say of each mood."""
    for mood in range(len(heads)):
        summed, highest = 0.0, 0.0
        for at in range(_SIDE):
            summed += total[at] * heads[mood, 0, at]
            highest += peak[at] * heads[mood, 1, at]
        parts[1, mood] += summed
        parts[2, mood] += highest


@numba.njit(cache=True, nogil=True)
def _one(sums, size, how, room, parts):  # type: ignore[no-untyped-def]
    """Fill the parts of one text."""
    hidden, context, start, heads, straight, lengths = how
    whole, heard, total, peak = room
    whole[:] = 0
    for row in range(len(sums)):
        for lane in range(WIDE):
            whole[lane] += sums[row, lane]
    for mood in range(len(straight)):
        for lane in range(WIDE):
            parts[0, mood] += whole[lane] * straight[mood, lane]
    for side in range(len(start)):
        _hear(whole, context[side], start[side], lengths[size], heard)
        _units(sums, hidden[side], heard, total, peak)
        _tell(total, peak, heads[side], parts)


@numba.njit(cache=True, nogil=True)
def _read(values, starts, table, shifts, how, parts):  # type: ignore[no-untyped-def]
    """Fill the parts of every text, some texts at a time."""
    most = max(_BLOCK, LONGEST + 2)
    spaced, found = np.zeros(most + 2, np.uint32), np.zeros((3, most), np.uint32)
    seen, sums = np.zeros(most, np.uint64), np.zeros((LONGEST // STRETCH + 2, WIDE), np.float32)
    room = (
        np.zeros(WIDE), np.zeros(_SIDE, np.float32), np.zeros(_SIDE, np.int32),
        np.zeros(_SIDE, np.float32),
    )  # fmt: skip
    first, texts = 0, len(starts) - 1
    while first < texts:
        last, origin = first + 1, starts[first]
        while last < texts and starts[last + 1] - origin <= _BLOCK:
            last += 1
        hashes(values[origin : starts[last]], spaced, (found[0], found[1], found[2]))
        _look((found[0], found[1], found[2]), starts[first : last + 1], table, shifts, seen)
        for text in range(first, last):
            begin, end = starts[text] - origin, starts[text + 1] - origin
            rows = _sums(seen[begin:end], sums)
            _one(sums[:rows], end - begin, how, room, parts[text])
        first = last
