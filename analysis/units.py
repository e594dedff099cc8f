"""Hidden units in machine code: what they find in the stretches of some texts."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from analysis.layers import CONTEXT_PARTS, LENGTH_PARTS, LOUDEST, MOST, Layers
from analysis.mood import MOODS
from analysis.nets import NUMBERS, STRETCH, VOICES, WIDE

_PARTS = CONTEXT_PARTS * LENGTH_PARTS
_NOTHING, _LOUDEST, _MOST = np.float32(0), np.float32(LOUDEST), float(MOST)
# Unsigned, as in ``fast``.
_NEXT, _ROW = np.uint64(1), np.uint64(NUMBERS)
#: Units worked out side by side. They and all that is known of them lie in one row, at distances
#: that are known beforehand: so the machine keeps them at hand from one stretch to the next.
_SIDE = 32
_HEARD, _TOTAL, _PEAK = (_SIDE * (WIDE + at) for at in range(3))
_MOODS = len(MOODS)
_PLACE, _SUMMED = np.uint64(3 * _MOODS), np.uint64(_MOODS)


def sides_of(layers: Layers) -> tuple[NDArray[Any], ...]:
    """Return what is known of units, as many in a row as work side by side.

    Units of one voice are together; those that are wanting to fill its last row say nothing. Of
    each row: hidden, with room for what the units hear, sum up and find highest; the number of the
    voice; context and start; heads.
    """
    of_voice = len(layers.start) // VOICES
    rows = max(1, -(-of_voice // _SIDE))

    def in_rows(values: NDArray[Any]) -> NDArray[Any]:
        """Return shape (VOICES * rows, ..., _SIDE) of (..., units)."""
        parts = values.reshape(*values.shape[:-1], VOICES, of_voice)
        filled = np.zeros((*parts.shape[:-1], rows * _SIDE))
        filled[..., :of_voice] = parts
        found = filled.reshape(*parts.shape[:-1], rows, _SIDE)
        return np.moveaxis(found, (-3, -2), (0, 1)).reshape(VOICES * rows, -1, _SIDE)

    total, peak = np.split(layers.heads[NUMBERS:].T, 2, axis=1)
    near = np.concatenate([in_rows(layers.hidden), np.zeros((VOICES * rows, 3, _SIDE))], axis=1)
    far = np.concatenate([in_rows(layers.context), in_rows(layers.start[None])], axis=1)
    heads = np.concatenate([in_rows(total), in_rows(peak)], axis=1)
    flat = [np.ascontiguousarray(all_.reshape(len(all_), -1)) for all_ in (near, far, heads)]
    return (flat[0].astype(np.float32), np.repeat(np.arange(VOICES), rows), *flat[1:])


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
def weigh(starts, parts, scale, odds):  # type: ignore[no-untyped-def]
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
def read_texts(starts, sums, straight, lengths, sides, rooms):  # type: ignore[no-untyped-def]
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
