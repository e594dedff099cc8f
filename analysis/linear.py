"""Logistic regression for four moods at once, on soft or hard labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import minimize

from analysis.features import pieces
from analysis.text import encode

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Weights:
    """What was learnt: ``table`` (places, moods) and ``bias`` (moods,)."""

    table: Floats
    bias: Floats

    def odds(self, features: sp.csr_matrix) -> Floats:
        """Return log-odds, shape (texts, moods)."""
        found: Floats = features @ self.table + self.bias
        return found


def design(texts: Sequence[str], names: Sequence[str], bits: int) -> sp.csr_matrix:
    """Count the pieces of each text, divided by the square root of its length."""
    codes = encode(texts)
    found = list(pieces(codes, names, bits))
    rows = np.concatenate([owner for owner, _ in found])
    columns = np.concatenate([place for _, place in found]).astype(np.int32)
    values = (1.0 / np.sqrt(np.diff(codes.starts)))[rows].astype(np.float32)
    matrix = sp.csr_matrix((values, (rows, columns)), shape=(len(texts), 1 << bits))
    matrix.sum_duplicates()
    return matrix


def rarity(features: sp.csr_matrix) -> Floats:
    """Return how freely each place may carry weight: rare pieces more, lone ones not at all.

    The square root of the inverse document frequency (Spärck Jones 1972).
    """
    seen = np.bincount(features.indices, minlength=features.shape[1])
    inverse = np.log((1 + features.shape[0]) / (1 + seen)) + 1
    return np.where(seen >= 2, np.sqrt(inverse), 0).astype(np.float32)


def fit(
    features: sp.csr_matrix, labels: Floats, importance: Floats, penalty: float, rounds: int = 60
) -> Weights:
    """Fit by L-BFGS; the same input gives the same weights.

    Args:
        features: (texts, places).
        labels: (texts, moods), each in [0, 1].
        importance: (texts,), how much each text counts.
        penalty: of the squared weights (L2).
        rounds: iterations at most.
    """
    places, moods = features.shape[1], labels.shape[1]
    freedom = rarity(features)
    scaled = features.multiply(freedom[None, :]).tocsr().astype(np.float32)
    turned = scaled.T.tocsr()
    share = importance[:, None].astype(np.float32)

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        point = flat.reshape(places + 1, moods).astype(np.float32)
        odds = scaled @ point[:-1] + point[-1]
        error = share * (1 / (1 + np.exp(-odds)) - labels)
        slope = np.vstack([turned @ error + penalty * point[:-1], error.sum(axis=0)[None]])
        value = (share * (np.logaddexp(0, odds) - labels * odds)).sum(dtype=np.float64)
        value += 0.5 * penalty * float(np.square(point[:-1]).sum(dtype=np.float64))
        return float(value), slope.ravel().astype(np.float64)

    start = np.zeros((places + 1) * moods)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": rounds})
    point = found.x.reshape(places + 1, moods).astype(np.float32)
    return Weights(point[:-1] * freedom[:, None], point[-1])
