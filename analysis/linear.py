"""A linear model over hashed pieces: its rows, its fit, its log-odds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from analysis.features import Hashes, Marks, marks, owners, pieces, places
from analysis.reason import Reason
from analysis.text import encode

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]

#: Texts hashed at once: bounds memory.
_BLOCK = 20_000
#: Log-odds where every text, or none, carries a mood.
CERTAIN = 6.0
#: Where the solver stops, and what it is given for it: at a tenth of it, liblinear's own default,
#: the scores on dev were the same and took twice as long.
TOLERANCE, ROUNDS = 1.0, 1_000


class TrainingError(Exception):
    """Training cannot start.

    Attributes:
        why: the sentence for people: what is missing.
    """

    def __init__(self, name: str, **values: object) -> None:
        super().__init__(", ".join([name, *map(str, values.values())]))
        self.why = Reason(f"signals.training_{name}", values)


@dataclass(frozen=True)
class Rows:
    """Texts as places of a table.

    Attributes:
        ends: (texts + 1,); text ``i`` holds ``places[ends[i]:ends[i + 1]]``.
        places: of all texts, one after the other.
        scale: (texts,), one over the square root of each text's length.
        given: uint8, the mark of each place of the table.
    """

    ends: Numbers
    places: NDArray[np.int32]
    scale: Floats
    given: Marks

    def __len__(self) -> int:
        return len(self.scale)

    @property
    def size(self) -> int:
        """How many places the table has."""
        return len(self.given)

    def matrix(self, freedom: Floats | None = None) -> sp.csr_matrix:
        """Return shape (texts, size): each text's pieces, scaled, times each place's freedom."""
        values = np.repeat(self.scale, np.diff(self.ends)).astype(np.float64)
        if freedom is not None:
            values *= freedom[self.places]
        shape = (len(self), self.size)
        found = sp.csr_matrix((values, self.places.copy(), self.ends), shape=shape)
        found.sum_duplicates()
        return found


@dataclass(frozen=True)
class Weights:
    """What was learnt: ``table`` (places, moods) and ``bias`` (moods,)."""

    table: Floats
    bias: Floats

    def odds(self, rows: Rows) -> Floats:
        """Return log-odds, shape (texts, moods)."""
        return np.asarray(rows.matrix() @ self.table + self.bias, np.float32)


def design(texts: Sequence[str], bits: int = 0, given: Marks | None = None) -> Rows:
    """Hash texts into the places of a table.

    Args:
        texts: posts.
        bits: of a new table of ``2 ** bits`` places; the most frequent pieces of the texts own
            them.
        given: the marks of the pieces that own the places of a table there is.
    """
    parts = [_block(texts[at : at + _BLOCK]) for at in range(0, len(texts), _BLOCK)]
    counts, found, scale = (np.concatenate([part[at] for part in parts]) for at in range(3))
    if given is None:
        given = owners(*np.unique(found, return_counts=True), bits)
    bits = len(given).bit_length() - 1
    at = places(found, bits)
    owned = given[at] == marks(found, bits)
    seen = np.concatenate([[0], np.cumsum(owned)])
    ends = seen[np.concatenate([[0], np.cumsum(counts)])].astype(np.int64)
    return Rows(ends, at[owned].astype(np.int32), scale, given)


def _block(texts: Sequence[str]) -> tuple[Numbers, Hashes, Floats]:
    """Return how many pieces each text has, their hashes, and the texts' scales."""
    codes = encode(texts)
    kinds = list(pieces(codes))
    whose = np.concatenate([owner for owner, _ in kinds])
    found = np.concatenate([found for _, found in kinds])[np.argsort(whose, kind="stable")]
    scale = 1.0 / np.sqrt(np.diff(codes.starts))
    return np.bincount(whose, minlength=len(texts)), found, scale.astype(np.float32)


def rarity(rows: Rows) -> Floats:
    """Return how freely each place may carry weight: rare pieces more, lone ones not at all.

    The inverse document frequency (Spärck Jones 1972).
    """
    seen = np.bincount(rows.places, minlength=rows.size)
    inverse = np.log((1 + len(rows)) / (1 + seen)) + 1
    return np.where(seen >= 2, inverse, 0).astype(np.float32)


def fit(rows: Rows, labels: Floats, strength: float, chosen: Numbers | None = None) -> Weights:
    """Fit one logistic regression a mood on the ``chosen`` texts, by scikit-learn.

    The dual coordinate descent of liblinear (Yu, Huang and Lin 2011) is the solver that converges
    on a million sparse places.

    Args:
        rows: the texts.
        labels: (texts, moods), zeros and ones.
        strength: how much a text's loss weighs against the penalty (L2).
        chosen: numbers of the texts to learn from; all by default.
    """
    freedom = rarity(rows)
    chosen = np.arange(len(rows)) if chosen is None else chosen
    matrix = rows.matrix(freedom)[chosen]
    table = np.zeros((rows.size, labels.shape[1]), np.float32)
    bias = np.zeros(labels.shape[1], np.float32)
    for at in range(labels.shape[1]):
        table[:, at], bias[at] = _one(matrix, labels[chosen, at] > 0, strength)
    return Weights(table * freedom[:, None], bias)


def _one(
    matrix: sp.csr_matrix, carries: NDArray[np.bool_], strength: float
) -> tuple[Floats, float]:
    """Return the weights and the bias of one mood."""
    from sklearn.linear_model import LogisticRegression

    if carries.all() or not carries.any():
        certain = CERTAIN if len(carries) and carries.all() else -CERTAIN
        return np.zeros(matrix.shape[1], np.float32), certain
    # One side after the other: the descent ends a little elsewhere in another order.
    sides = np.argsort(~carries, kind="stable")
    model = LogisticRegression(
        solver="liblinear", dual=True, C=strength, tol=TOLERANCE, max_iter=ROUNDS, random_state=0
    ).fit(matrix[sides], carries[sides])
    return model.coef_[0].astype(np.float32), float(model.intercept_[0])
