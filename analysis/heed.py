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


def _fitted(odds: Floats, carries: Floats, own: int) -> Floats:
    """Return the weights and the shift of one mood."""
    from scipy.optimize import minimize

    middle = odds.mean(axis=0) if len(odds) else np.zeros(odds.shape[1])
    # From the middle of the posts slopes and shift are sought apart from each other.
    columns = np.column_stack([odds - middle, np.ones(len(odds))])
    start = np.eye(columns.shape[1])[own]
    held = np.full(len(start), RESERVE)
    held[[own, -1]] = 1e-6

    def cost(point: Floats) -> tuple[float, Floats]:
        told, far = columns @ point, point - start
        loss = np.logaddexp(0, told).sum() - carries @ told + held @ far**2 / 2
        chance = np.exp(-np.logaddexp(0, -told))
        return float(loss), columns.T @ (chance - carries) + held * far

    bounds = [(LEAST if at == own else None, None) for at in range(len(start))]
    exact = {"ftol": 1e-12, "gtol": 1e-9, "maxiter": 1_000}
    point = minimize(cost, start, jac=True, method="L-BFGS-B", bounds=bounds, options=exact).x
    point[-1] -= middle @ point[:-1]
    return np.asarray(point)
