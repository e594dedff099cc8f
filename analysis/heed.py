"""Curves that make log-odds calibrated, each mood heeding what is said of the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: What the weight of another mood costs against one post's loss: of 3 to 300, and of none at all,
#: this reads posts of other topics best (docs/moods.md).
RESERVE = 300.0
#: Least weight of a mood itself, so that what speaks for it never speaks against it.
LEAST = 0.05


@dataclass(frozen=True)
class Curves:
    """What a mood's calibrated log-odds are made of: ``odds @ weights.T + shifts``.

    Attributes:
        weights: (moods, moods); a row a mood, what it takes of each mood's log-odds.
        shifts: (moods,).
    """

    weights: Floats
    shifts: Floats

    def chances(self, odds: Floats) -> Floats:
        """Return probabilities, shape (posts, moods)."""
        return np.asarray(1 / (1 + np.exp(-(odds @ self.weights.T + self.shifts))))

    def undone(self, odds: Floats) -> Floats:
        """Return the log-odds that these curves made ``odds`` of."""
        return np.asarray(np.linalg.solve(self.weights, (odds - self.shifts).T).T)


def curves_of(odds: Floats, labels: NDArray[np.float32] | Floats) -> Curves:
    """Return the curves that fit labelled posts best.

    Matrix scaling (Guo et al. 2017) whose weights of other moods are held near nothing (as in
    Kull et al. 2019), since a thousand posts tell little of them; of the mood itself slope and
    shift are free (Platt 1999).

    Args:
        odds: (posts, moods).
        labels: (posts, moods), zeros and ones.
    """
    rows = [_fitted(odds, labels[:, at].astype(float), at) for at in range(odds.shape[1])]
    found = np.array(rows).reshape(odds.shape[1], odds.shape[1] + 1)
    return Curves(found[:, :-1], found[:, -1])


def _fitted(odds: Floats, carries: Floats, own: int, rounds: int = 30) -> Floats:
    """Return the weights and the shift of one mood, by Newton's method."""
    columns = np.column_stack([odds, np.ones(len(odds))])
    start = np.eye(columns.shape[1])[own]
    held = np.full(len(start), RESERVE)
    held[[own, -1]] = 1e-6
    point = start.copy()
    for _ in range(rounds):
        chance = 1 / (1 + np.exp(-np.clip(columns @ point, -30, 30)))
        bend = columns.T @ (columns * (chance * (1 - chance))[:, None]) + np.diag(held)
        slope = columns.T @ (chance - carries) + held * (point - start)
        point = point - np.clip(np.linalg.solve(bend, slope), -1, 1)
    point[own] = max(point[own], LEAST)
    return np.asarray(point)
