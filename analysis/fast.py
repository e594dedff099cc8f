"""Reading in machine code: over the characters of some texts, then over their stretches."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from analysis.features import GOLDEN, LEAP, MARK, SALTS, SPANS, STEP, Marks
from analysis.layers import LENGTHS, Floats, Layers
from analysis.mood import MOODS
from analysis.nets import NUMBERS, STRETCH
from analysis.packed import EVERY_OTHER, LANE, LIFT, pack
from analysis.text import LONGEST, Codes
from analysis.units import read_texts, sides_of, weigh

ONE, TWO, THREE = (np.uint32(SALTS[name]) for name in SPANS)
_FIFTEEN, _THIRTEEN = np.uint32(15), np.uint32(13)
# An unsigned number is never counted from the end, and the machine need not look whether it is.
_ONE, _NEXT = np.uint32(1), np.uint64(1)
_FULL, _FILL = np.uint64(STRETCH), np.uint64(STRETCH - 1)
#: Codes worked on at once, so that what is noted of them stays in the nearest cache, and what a
#: block holds at most: one text at least.
_BLOCK = 2_048
_ROOM = max(_BLOCK, LONGEST + 2)
#: The same with stretches filled up: the shortest text has two codes.
_FILLED = _ROOM // 2 * STRETCH
_MOODS = len(MOODS)


def adder(layers: Layers) -> Callable[[Codes], Floats]:
    """Return what reads with these layers; compiled once per machine, then in numba's cache."""
    table = (pack(layers).ravel(), owned(layers.marks))
    straight = layers.heads[:NUMBERS].T.astype(np.float64).ravel()
    near, *sides = sides_of(layers)
    known = (straight, LENGTHS, tuple(sides), layers.scale)
    own = threading.local()

    def add(codes: Codes) -> Floats:
        if not hasattr(own, "rooms"):
            own.rooms = (*_rooms(), near.copy())
        odds = np.zeros((len(codes.starts) - 1, _MOODS))
        _read(codes.values, codes.starts, table, known, own.rooms, odds)
        return odds

    return add


def owned(marks: Marks) -> tuple[Marks, np.uint32, np.uint32]:
    """Return marks with how far a hash is shifted for its place among them, and for its mark."""
    bits = len(marks).bit_length() - 1
    return marks, np.uint32(32 - bits), np.uint32(32 - bits - MARK)


def _rooms() -> tuple[NDArray[Any], ...]:
    """Return room for a thread: hashes, places, spread codes, sums, numbers, texts, parts."""
    raw, rows = np.zeros(4 * _ROOM // 2, np.uint64), _ROOM // 2
    return (
        np.zeros((3, _ROOM), np.uint32), np.zeros((3, _FILLED), np.uint32),
        np.zeros(_ROOM + 2, np.uint32), raw, raw.view(np.uint16),
        np.zeros(rows * NUMBERS, np.float32), np.zeros(rows * NUMBERS),
        np.zeros(rows * 3 * _MOODS),
    )  # fmt: skip


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
def _own(found, starts, owned, at):  # type: ignore[no-untyped-def]
    """Fill where in the table the pieces that end at each code stand; return how many stretches.

    Stretches are filled up, and what does not own its place or reaches over the edge of a text
    stands behind all places.
    """
    marks, shift, less = owned
    first, second, third = at
    none, origin, begin = np.uint32(2 * len(marks)), np.uint64(starts[0]), np.uint64(0)
    for text in range(len(starts) - 1):
        code, end = np.uint64(starts[text]) - origin, np.uint64(starts[text + 1]) - origin
        into, full = begin, begin + (end - code + _FILL) // _FULL * _FULL
        while code < end:
            first[into] = _owns(found[0][code], marks, shift, less, none)
            second[into] = _owns(found[1][code], marks, shift, less, none)
            third[into] = _owns(found[2][code], marks, shift, less, none)
            code += _NEXT
            into += _NEXT
        second[begin] = third[begin] = third[begin + _NEXT] = none
        while into < full:
            first[into] = second[into] = third[into] = none
            into += _NEXT
        begin = full
    return begin // _FULL


@numba.njit(cache=True, nogil=True)
def _owns(piece, marks, shift, less, none):  # type: ignore[no-untyped-def]
    """Return where in the table a piece stands."""
    place = piece >> shift
    return np.uint32(place << _ONE) if marks[place] == np.uint8(piece >> less) else none


@numba.njit(cache=True, nogil=True)
def _add_up(at, stretches, table, raw):  # type: ignore[no-untyped-def]
    """Add up what stands in each stretch, four numbers a stretch."""
    first, second, third = at
    code = row = np.uint64(0)
    for _ in range(stretches):
        even = odd = more_even = more_odd = np.uint64(0)
        # Two characters still fit in the bits of one number.
        for _ in range(STRETCH // 2):
            a, b, c = np.uint64(first[code]), np.uint64(second[code]), np.uint64(third[code])
            code += _NEXT
            d, e, f = np.uint64(first[code]), np.uint64(second[code]), np.uint64(third[code])
            code += _NEXT
            seen = table[a] + table[b] + table[c] + table[d] + table[e] + table[f]
            a, b, c, d, e, f = a + _NEXT, b + _NEXT, c + _NEXT, d + _NEXT, e + _NEXT, f + _NEXT
            more = table[a] + table[b] + table[c] + table[d] + table[e] + table[f]
            even += seen & EVERY_OTHER
            odd += (seen >> LANE) & EVERY_OTHER
            more_even += more & EVERY_OTHER
            more_odd += (more >> LANE) & EVERY_OTHER
        for some in (even, more_even, odd, more_odd):
            raw[row] = some
            row += _NEXT


@numba.njit(cache=True, nogil=True)
def _level(lanes, count, sums):  # type: ignore[no-untyped-def]
    """Turn what was added up into numbers, as they were before they were lifted."""
    for at in range(count):
        sums[at] = np.float32(np.int32(lanes[at]) - np.int32(LIFT))


@numba.njit(cache=True, nogil=True)
def _read(values, starts, table, layers, rooms, odds):  # type: ignore[no-untyped-def]
    """Fill the log-odds of every text, some texts at a time."""
    table, owners = table
    straight, lengths, sides, scale = layers
    found, at, spaced, raw, lanes, sums, wholes, parts, nears = rooms
    found, at = (found[0], found[1], found[2]), (at[0], at[1], at[2])
    first, texts = 0, len(starts) - 1
    while first < texts:
        last, origin = first + 1, starts[first]
        while last < texts and starts[last + 1] - origin <= _BLOCK:
            last += 1
        some = starts[first : last + 1]
        hashes(values[origin : starts[last]], spaced, found)
        stretches = _own(found, some, owners, at)
        _add_up(at, stretches, table, raw)
        _level(lanes, NUMBERS * stretches, sums)
        read_texts(some, sums, straight, lengths, sides, (wholes, parts, nears))
        weigh(some, parts, scale, odds[first:last])
        first = last
