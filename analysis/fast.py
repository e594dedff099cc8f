"""Reading in machine code: over the characters of some texts, then over their stretches."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from analysis.features import GOLDEN, LEAP, MARK, SALTS, SPANS, STEP
from analysis.layers import CONTEXT_PARTS, LENGTH_PARTS, LENGTHS, LOUDEST, MOST, Floats, Layers
from analysis.mood import MOODS
from analysis.nets import NUMBERS, STRETCH, VOICES, WIDE
from analysis.packed import EVERY_OTHER, LANE, LIFT, pack
from analysis.text import LONGEST, Codes

ONE, TWO, THREE = (np.uint32(SALTS[name]) for name in SPANS)
_FIFTEEN, _THIRTEEN = np.uint32(15), np.uint32(13)
_PARTS = CONTEXT_PARTS * LENGTH_PARTS
_NOTHING, _LOUDEST, _MOST = np.float32(0), np.float32(LOUDEST), float(MOST)
_ONE, _NEXT = np.uint32(1), np.uint64(1)
_FULL, _FILL, _ROW = np.uint64(STRETCH), np.uint64(STRETCH - 1), np.uint64(NUMBERS)
#: Codes worked on at once, so that what is noted of them stays in the nearest cache, and what a
#: block holds at most: one text at least.
_BLOCK = 2_048
_ROOM = max(_BLOCK, LONGEST + 2)
#: The same with stretches filled up: the shortest text has two codes.
_FILLED = _ROOM // 2 * STRETCH
#: Units worked out side by side. They and all that is known of them lie in one row, at distances
#: that are known beforehand: so the machine keeps them at hand from one stretch to the next.
_SIDE = 32
_HEARD, _TOTAL, _PEAK = (_SIDE * (WIDE + at) for at in range(3))
_MOODS = len(MOODS)
_PLACE, _SUMMED = np.uint64(3 * _MOODS), np.uint64(_MOODS)


def adder(layers: Layers) -> Callable[[Codes], Floats]:
    """Return what reads with these layers; compiled once per machine, then in numba's cache."""
    bits = len(layers.marks).bit_length() - 1
    owned = (layers.marks, np.uint32(32 - bits), np.uint32(32 - bits - MARK))
    table = (pack(layers).ravel(), owned)
    straight = layers.heads[:NUMBERS].T.astype(np.float64).ravel()
    near, *sides = _sides(layers)
    known = (straight, LENGTHS, tuple(sides), layers.scale)
    own = threading.local()

    def add(codes: Codes) -> Floats:
        if not hasattr(own, "rooms"):
            own.rooms = (*_rooms(), near.copy())
        odds = np.zeros((len(codes.starts) - 1, _MOODS))
        _read(codes.values, codes.starts, table, known, own.rooms, odds)
        return odds

    return add


def _rooms() -> tuple[NDArray[Any], ...]:
    """Return room for a thread: hashes, places, spread codes, sums, numbers, texts, parts."""
    raw, rows = np.zeros(4 * _ROOM // 2, np.uint64), _ROOM // 2
    return (
        np.zeros((3, _ROOM), np.uint32), np.zeros((3, _FILLED), np.uint32),
        np.zeros(_ROOM + 2, np.uint32), raw, raw.view(np.uint16),
        np.zeros(rows * NUMBERS, np.float32), np.zeros(rows * NUMBERS),
        np.zeros(rows * 3 * _MOODS),
    )  # fmt: skip


def _sides(layers: Layers) -> tuple[NDArray[Any], ...]:
    """Return what is known of units, as many in a row as work side by side.

    Units of one voice are together; those that are wanting to fill its last row say nothing. Of
    each row: hidden, with room for what the units hear, sum up and find highest; the number of the
    voice; context and start; heads.
    """
    of_voice = len(layers.start) // VOICES
    rows = max(1, -(-of_voice // _SIDE))

    def apart(values: NDArray[Any]) -> NDArray[Any]:
        """Return shape (VOICES * rows, ..., _SIDE) of (..., units)."""
        parts = values.reshape(*values.shape[:-1], VOICES, of_voice)
        filled = np.zeros((*parts.shape[:-1], rows * _SIDE))
        filled[..., :of_voice] = parts
        found = filled.reshape(*parts.shape[:-1], rows, _SIDE)
        return np.moveaxis(found, (-3, -2), (0, 1)).reshape(VOICES * rows, -1, _SIDE)

    total, peak = np.split(layers.heads[NUMBERS:].T, 2, axis=1)
    near = np.concatenate([apart(layers.hidden), np.zeros((VOICES * rows, 3, _SIDE))], axis=1)
    far = np.concatenate([apart(layers.context), apart(layers.start[None])], axis=1)
    heads = np.concatenate([apart(total), apart(peak)], axis=1)
    flat = [np.ascontiguousarray(all_.reshape(len(all_), -1)) for all_ in (near, far, heads)]
    return (flat[0].astype(np.float32), np.repeat(np.arange(VOICES), rows), *flat[1:])


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


# An unsigned number is never counted from the end, and the machine need not look whether it is.
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


# The numbers are whole, never NaN and small enough for their floats to be exact: sums come out the
# same in any order, and saying so lets units run side by side.
_SIDE_BY_SIDE = {"nnan", "nsz", "reassoc", "contract"}


@numba.njit(cache=True, nogil=True, fastmath=_SIDE_BY_SIDE)
def _whole(sums, first, rows, whole, into):  # type: ignore[no-untyped-def]
    """Add up a text."""
    for at in range(NUMBERS):
        whole[into + np.uint64(at)] = 0
    for _ in range(rows):
        for at in range(NUMBERS):
            whole[into + np.uint64(at)] += sums[first + np.uint64(at)]
        first += _ROW


@numba.njit(cache=True, nogil=True, fastmath=_SIDE_BY_SIDE)
def _say(whole, into, straight, parts, place):  # type: ignore[no-untyped-def]
    """Fill what the whole of a text says of each mood by itself, and room for the rest."""
    a = b = c = d = 0.0
    for at in range(NUMBERS):
        here = whole[into + np.uint64(at)]
        a += here * straight[at]
        b += here * straight[at + NUMBERS]
        c += here * straight[at + 2 * NUMBERS]
        d += here * straight[at + 3 * NUMBERS]
    for said in (a, b, c, d, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0):
        parts[place] = said
        place += _NEXT


@numba.njit(cache=True, nogil=True)
def _eight(row, at):  # type: ignore[no-untyped-def]
    """Return ``WIDE`` numbers."""
    b, c, d = at + np.uint64(1), at + np.uint64(2), at + np.uint64(3)
    e, f, g, h = at + np.uint64(4), at + np.uint64(5), at + np.uint64(6), at + np.uint64(7)
    return row[at], row[b], row[c], row[d], row[e], row[f], row[g], row[h]


@numba.njit(cache=True, nogil=True, fastmath=_SIDE_BY_SIDE)
def _hear(whole, first, far, shorter, near):  # type: ignore[no-untyped-def]
    """Work out what the whole of a text says to each unit, as ``layers.heard`` does."""
    a, b, c, d, e, f, g, h = _eight(whole, first)
    for at in range(_SIDE):
        said = a * far[at] + b * far[at + _SIDE] + c * far[at + 2 * _SIDE] + d * far[at + 3 * _SIDE]
        said += e * far[at + 4 * _SIDE] + f * far[at + 5 * _SIDE]
        said += g * far[at + 6 * _SIDE] + h * far[at + 7 * _SIDE]
        step = np.floor(said * shorter / _PARTS) + far[at + 8 * _SIDE]
        near[at + _HEARD] = min(max(step, -_MOST), _MOST)


@numba.njit(cache=True, nogil=True, fastmath=_SIDE_BY_SIDE)
def _units(sums, first, rows, near):  # type: ignore[no-untyped-def]
    """Let units read all stretches of a text."""
    for at in range(_SIDE):
        near[at + _TOTAL] = near[at + _PEAK] = 0
    for _ in range(rows):
        a, b, c, d, e, f, g, h = _eight(sums, first)
        for at in range(_SIDE):
            unit = near[at + _HEARD] + a * near[at] + b * near[at + _SIDE]
            unit += c * near[at + 2 * _SIDE] + d * near[at + 3 * _SIDE] + e * near[at + 4 * _SIDE]
            unit += f * near[at + 5 * _SIDE] + g * near[at + 6 * _SIDE] + h * near[at + 7 * _SIDE]
            unit = min(max(unit, _NOTHING), _LOUDEST)
            near[at + _TOTAL] += unit
            near[at + _PEAK] = max(near[at + _PEAK], unit)
        first += _ROW


@numba.njit(cache=True, nogil=True, fastmath=_SIDE_BY_SIDE)
def _tell(near, heads, parts, place):  # type: ignore[no-untyped-def]
    """Add what the two pools of units say of each mood."""
    a = b = c = d = e = f = g = h = 0.0
    for at in range(_SIDE):
        total, peak = np.float64(near[at + _TOTAL]), np.float64(near[at + _PEAK])
        a += total * heads[at]
        b += total * heads[at + _SIDE]
        c += total * heads[at + 2 * _SIDE]
        d += total * heads[at + 3 * _SIDE]
        e += peak * heads[at + 4 * _SIDE]
        f += peak * heads[at + 5 * _SIDE]
        g += peak * heads[at + 6 * _SIDE]
        h += peak * heads[at + 7 * _SIDE]
    for said in (a, b, c, d, e, f, g, h):
        parts[place] += said
        place += _NEXT


@numba.njit(cache=True, nogil=True)
def _weigh(starts, parts, scale, odds):  # type: ignore[no-untyped-def]
    """Turn parts into log-odds, in the same order as ``layers.odds``."""
    for text in range(len(odds)):
        size = starts[text + 1] - starts[text]
        long, many = np.sqrt(size), np.sqrt((size + STRETCH - 1) // STRETCH)
        at = 3 * _MOODS * text
        for mood in range(_MOODS):
            found = parts[at + mood] * scale[0, mood] / long
            found += parts[at + _MOODS + mood] * scale[1, mood] / many
            odds[text, mood] = found + parts[at + 2 * _MOODS + mood] * scale[2, mood]


@numba.njit(cache=True, nogil=True)
def _texts(starts, sums, straight, lengths, sides, rooms):  # type: ignore[no-untyped-def]
    """Fill the parts of some texts from the sums of their stretches."""
    voices, fars, heads = sides
    wholes, parts, nears = rooms
    first = into = place = np.uint64(0)
    for text in range(len(starts) - 1):
        rows = (starts[text + 1] - starts[text] + STRETCH - 1) // STRETCH
        _whole(sums, first, rows, wholes, into)
        _say(wholes, into, straight, parts, place)
        first, into, place = first + _ROW * np.uint64(rows), into + _ROW, place + _PLACE
    for side in range(len(voices)):
        near, far, head = nears[side], fars[side], heads[side]
        first = into = np.uint64(WIDE * voices[side])
        place = _SUMMED
        for text in range(len(starts) - 1):
            size = starts[text + 1] - starts[text]
            rows = (size + STRETCH - 1) // STRETCH
            _hear(wholes, into, far, lengths[size], near)
            _units(sums, first, rows, near)
            _tell(near, head, parts, place)
            first, into, place = first + _ROW * np.uint64(rows), into + _ROW, place + _PLACE


@numba.njit(cache=True, nogil=True)
def _read(values, starts, table, layers, rooms, odds):  # type: ignore[no-untyped-def]
    """Fill the log-odds of every text, some texts at a time."""
    table, owned = table
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
        stretches = _own(found, some, owned, at)
        _add_up(at, stretches, table, raw)
        _level(lanes, NUMBERS * stretches, sums)
        _texts(some, sums, straight, lengths, sides, (wholes, parts, nears))
        _weigh(some, parts, scale, odds[first:last])
        first = last
