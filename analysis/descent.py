"""Teaching the network: one post after another, in machine code."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from analysis.fast import hashes
from analysis.nets import STRETCH, WIDE
from analysis.recipe import LEARNT

_KINDS = 3


def notes(most: int = LEARNT) -> tuple[NDArray[Any], tuple[NDArray[Any], ...]]:
    """Return room for the hashes of so many characters."""
    return np.zeros(most + 2, np.uint32), tuple(np.zeros((_KINDS, most), np.uint32))


def desk(units: int, moods: int) -> tuple[NDArray[Any], ...]:
    """Return room to work in: places, sums and units of stretches, and their slopes."""
    rows, floats = LEARNT // STRETCH + 2, np.float32
    return (
        np.zeros((LEARNT, _KINDS), np.int64),
        np.zeros((rows, WIDE), floats),
        np.zeros((rows, units), floats),
        np.zeros((rows, WIDE), floats),
        np.zeros((3, max(units, WIDE)), floats),
        np.zeros((3, max(units, WIDE)), floats),
        np.zeros(units, np.int64),
        np.zeros(moods, floats),
    )


@numba.njit(cache=True, fastmath=True)
def look_up(values, owned, dropped, places, notes):  # type: ignore[no-untyped-def]
    """Fill the places of the pieces that end at each character.

    -1 stands for none, for what does not own its place, and for the dropped. ``owned`` holds the
    marks of all places and by how much a hash is shifted for its place and for its mark;
    ``notes`` is room.
    """
    marks, shift, less = owned
    spaced, found = notes
    hashes(values, spaced, found)
    for at in range(len(values)):
        for kind in range(_KINDS):
            piece = found[kind][at]
            place = np.int64(piece >> shift)
            mine = at >= kind and marks[place] == np.uint8(piece >> less)
            if mine and dropped > 0:
                mine = np.random.random() >= dropped
            places[at, kind] = place if mine else -1


@numba.njit(cache=True, fastmath=True)
def read(size, lead, table, net, room):  # type: ignore[no-untyped-def]
    """Read one post whose first stretch lacks ``lead`` characters.

    Fills sums, units, pools and log-odds.
    """
    places, sums, _, _, pools, _, _, odds = room
    _, _, start, straight, total, peak, bias = net
    rows = (lead + size + STRETCH - 1) // STRETCH
    _add_up(size, lead, table, places, sums[:rows], pools)
    _let_units_read(rows, net, room)
    for mood in range(len(bias)):
        odds[mood] = bias[mood]
        for lane in range(WIDE):
            odds[mood] += pools[0, lane] * straight[lane, mood]
        for unit in range(len(start)):
            odds[mood] += pools[1, unit] * total[unit, mood] + pools[2, unit] * peak[unit, mood]


@numba.njit(cache=True, fastmath=True)
def _add_up(size, lead, table, places, sums, pools):  # type: ignore[no-untyped-def]
    """Add up what pieces stand for, over stretches and over the post."""
    sums[:] = 0
    pools[:] = 0
    for at in range(size):
        for kind in range(_KINDS):
            place = places[at, kind]
            if place >= 0:
                for lane in range(WIDE):
                    sums[(lead + at) // STRETCH, lane] += table[place, lane]
    for row in range(len(sums)):
        for lane in range(WIDE):
            pools[0, lane] += sums[row, lane] / np.float32(np.sqrt(size))


@numba.njit(cache=True, fastmath=True)
def _let_units_read(rows, net, room):  # type: ignore[no-untyped-def]
    """Let every unit read every stretch; pool what they found."""
    hidden, context, start, _, _, _, _ = net
    _, sums, units, _, pools, _, strongest, _ = room
    count = len(start)
    many = np.float32(1 / np.sqrt(rows))
    for row in range(rows):
        for unit in range(count):
            units[row, unit] = start[unit]
        for lane in range(WIDE):
            here, whole = sums[row, lane], pools[0, lane]
            for unit in range(count):
                units[row, unit] += here * hidden[lane, unit] + whole * context[lane, unit]
        for unit in range(count):
            value = max(units[row, unit], np.float32(0))
            units[row, unit] = value
            pools[1, unit] += value * many
            if row == 0 or value > pools[2, unit]:
                pools[2, unit], strongest[unit] = value, row


@numba.njit(cache=True, fastmath=True)
def trace(size, lead, net, slopes, room):  # type: ignore[no-untyped-def]
    """Trace what each number had to do with the error ``odds`` holds; add to the net's slopes."""
    rows = (lead + size + STRETCH - 1) // STRETCH
    _trace_heads(net, slopes, room)
    _trace_units(rows, net, slopes, room)
    d_sums, d_pools = room[3], room[5]
    for row in range(rows):
        for lane in range(WIDE):
            d_sums[row, lane] += d_pools[0, lane] / np.float32(np.sqrt(size))


@numba.njit(cache=True, fastmath=True)
def _trace_heads(net, slopes, room):  # type: ignore[no-untyped-def]
    """Trace the error to the pools."""
    _, _, start, straight, total, peak, bias = net
    _, _, _, d_straight, d_total, d_peak, d_bias = slopes
    _, _, _, _, pools, d_pools, _, errors = room
    d_pools[:] = 0
    for mood in range(len(bias)):
        error = errors[mood]
        d_bias[mood] += error
        for lane in range(WIDE):
            d_straight[lane, mood] += error * pools[0, lane]
            d_pools[0, lane] += error * straight[lane, mood]
        for unit in range(len(start)):
            d_total[unit, mood] += error * pools[1, unit]
            d_peak[unit, mood] += error * pools[2, unit]
            d_pools[1, unit] += error * total[unit, mood]
            d_pools[2, unit] += error * peak[unit, mood]


@numba.njit(cache=True, fastmath=True)
def _trace_units(rows, net, slopes, room):  # type: ignore[no-untyped-def]
    """Trace it from the pools through the units to the sums."""
    hidden, context, start, _, _, _, _ = net
    d_hidden, d_context, d_start, _, _, _, _ = slopes
    _, sums, units, d_sums, pools, d_pools, strongest, _ = room
    many = np.float32(1 / np.sqrt(rows))
    for row in range(rows):
        for unit in range(len(start)):
            slope = np.float32(0)
            if units[row, unit] > 0:
                slope = d_pools[1, unit] * many
                slope += d_pools[2, unit] if strongest[unit] == row else np.float32(0)
            units[row, unit] = slope
            d_start[unit] += slope
        for lane in range(WIDE):
            here, whole = np.float32(0), np.float32(0)
            for unit in range(len(start)):
                slope = units[row, unit]
                here += slope * hidden[lane, unit]
                whole += slope * context[lane, unit]
                d_hidden[lane, unit] += slope * sums[row, lane]
                d_context[lane, unit] += slope * pools[0, lane]
            d_sums[row, lane] = here
            d_pools[0, lane] += whole


@numba.njit(cache=True, fastmath=True)
def move(size, lead, table, met, room, rate, decay):  # type: ignore[no-untyped-def]
    """Move what the post's pieces stand for, each by its own rate (AdaGrad, a rate a piece)."""
    places, _, _, d_sums, _, _, _, _ = room
    kept = np.float32(1 - rate * decay)
    for at in range(size):
        row = (lead + at) // STRETCH
        square = np.float32(0)
        for lane in range(WIDE):
            square += d_sums[row, lane] * d_sums[row, lane]
        for kind in range(_KINDS):
            place = places[at, kind]
            if place >= 0:
                met[place] += square / WIDE
                step = np.float32(rate / np.sqrt(met[place] + np.float32(1e-10)))
                for lane in range(WIDE):
                    table[place, lane] = table[place, lane] * kept - step * d_sums[row, lane]
