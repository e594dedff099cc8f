"""Logistic regression for four moods at once, on soft or hard labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

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
    features: sp.csr_matrix, labels: Floats, importance: Floats, penalty: float, rounds: int = 8
) -> Weights:
    """Fit by averaged stochastic descent; the same input gives the same weights.

    A label between 0 and 1 counts as that much of a yes and the rest of a no.

    Args:
        features: (texts, places).
        labels: (texts, moods), each in [0, 1].
        importance: (texts,), how much each text counts.
        penalty: of the squared weights, per text (L2).
        rounds: passes over the texts.
    """
    from sklearn.linear_model import SGDClassifier

    freedom = rarity(features) / 4
    scaled = features.multiply(freedom[None, :]).tocsr().astype(np.float64)
    table = np.zeros((features.shape[1], labels.shape[1]), np.float32)
    bias = np.zeros(labels.shape[1], np.float32)
    for mood in range(labels.shape[1]):
        rows, sides, shares = _sides(labels[:, mood], importance)
        learner = SGDClassifier(
            loss="log_loss", alpha=penalty / features.shape[0], average=True, max_iter=rounds,
            tol=None, random_state=7,
        )  # fmt: skip
        data = scaled if len(rows) == features.shape[0] else scaled[rows]
        learner.fit(data, sides, sample_weight=shares)
        table[:, mood] = learner.coef_[0] * freedom
        bias[mood] = learner.intercept_[0]
    return Weights(table, bias)


def _sides(
    label: Floats, importance: Floats
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Split soft labels in a yes and a no with their shares; hard ones stay one row."""
    yes, no = np.flatnonzero(label > 0), np.flatnonzero(label < 1)
    hard = len(yes) + len(no) == len(label)
    rows = np.arange(len(label)) if hard else np.concatenate([yes, no])
    sides = (label > 0).astype(int) if hard else np.repeat([1, 0], [len(yes), len(no)])
    shares = np.where(sides == 1, label[rows], 1 - label[rows]) * importance[rows]
    return rows, sides, shares.astype(np.float64)
