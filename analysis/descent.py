"""Logistic regression in machine code, four moods in one pass.

Dual coordinate ascent (Shalev-Shwartz and Zhang 2013) with the closed-form step for a loss that is
1/4-smooth: no learning rate, the same input gives the same weights, labels may lie between 0 and 1.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@numba.njit(cache=True, nogil=True, fastmath=True)
def sweep(
    rows: tuple[NDArray[np.int64], NDArray[np.int32], Floats],
    freedom: Floats,
    order: NDArray[np.int64],
    strength: Floats,
    labels: Floats,
    state: tuple[Floats, Floats, Floats],
) -> float:
    """Go once over the texts and move the weights; return the mean move of the dual variables.

    Args:
        rows: where each text's places begin, the places, and each text's scale.
        freedom: (places,), factor of every feature.
        order: the texts to visit.
        strength: (texts,), weight of a text's loss against the penalty.
        labels: (texts, moods) in [0, 1].
        state: weights (places, moods), bias (moods,), dual variables (texts, moods); changed.
    """
    ends, places, scale = rows
    table, bias, dual = state
    moods = len(bias)
    odds, moves = np.zeros(moods, np.float32), np.zeros(moods, np.float32)
    total = 0.0
    for text in order:
        odds[:] = bias
        size = np.float32(1.0)
        for at in range(ends[text], ends[text + 1]):
            value = scale[text] * freedom[places[at]]
            size += value * value
            for mood in range(moods):
                odds[mood] += table[places[at], mood] * value
        step = np.float32(4.0 / (4.0 + size * strength[text]))
        for mood in range(moods):
            chance = np.float32(1.0 / (1.0 + np.exp(-odds[mood])))
            move = step * (labels[text, mood] - chance - dual[text, mood])
            dual[text, mood] += move
            total += abs(move)
            moves[mood] = move * strength[text]
            bias[mood] += moves[mood]
        for at in range(ends[text], ends[text + 1]):
            value = scale[text] * freedom[places[at]]
            for mood in range(moods):
                table[places[at], mood] += moves[mood] * value
    return total / max(len(order), 1)


@numba.njit(cache=True, nogil=True, fastmath=True)
def add_up(
    rows: tuple[NDArray[np.int64], NDArray[np.int32], Floats], table: Floats, bias: Floats
) -> Floats:
    """Return log-odds, shape (texts, moods)."""
    ends, places, scale = rows
    found = np.zeros((len(ends) - 1, len(bias)), np.float32)
    for text in range(len(ends) - 1):
        for mood in range(len(bias)):
            total = np.float32(0.0)
            for at in range(ends[text], ends[text + 1]):
                total += table[places[at], mood]
            found[text, mood] = total * scale[text] + bias[mood]
    return found
