"""From log-odds to honest probabilities, and from probabilities to labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: Zeros and ones, of either width.
Labels = NDArray[np.float32] | NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """Labelled posts, and log-odds of them from models that saw no label of their topics.

    Attributes:
        odds: (posts, moods).
        labels: (posts, moods), zeros and ones.
        topics: of each post.
    """

    odds: Floats
    labels: NDArray[np.float32]
    topics: Sequence[str]


def calibration_error(scores: Floats, labels: Labels, bins: int = 10) -> float:
    """Return the expected calibration error of one mood over equal-width bins (Guo et al. 2017)."""
    which = np.minimum((scores * bins).astype(int), bins - 1)
    counts = np.bincount(which, minlength=bins)
    gaps = np.bincount(which, weights=scores - labels, minlength=bins)
    return float(np.abs(gaps).sum() / max(counts.sum(), 1))


def f1(labels: Labels, said: NDArray[np.bool_]) -> float:
    """Return F1 of one mood; 0 where nothing is right."""
    right = float(((labels > 0) & said).sum())
    total = float((labels > 0).sum() + said.sum())
    return 2 * right / total if total else 0.0


#: Probabilities that may be thresholds.
STEPS = np.linspace(0.1, 0.7, 61)


def best_threshold(scores: Floats, labels: Labels) -> float:
    """Return the probability from which calling the mood gives the highest F1 on these posts."""
    values = np.array([f1(labels, scores >= step) for step in STEPS])
    smooth = np.convolve(np.pad(values, 2, mode="edge"), np.full(5, 0.2), mode="valid")
    return float(round(STEPS[int(smooth.argmax())], 3))


def wise_threshold(scores: Floats) -> float:
    """Return the probability from which calling the mood promises the highest F1 on other posts.

    Where F1 was highest on a thousand posts is largely chance; F1 as calibrated probabilities
    expect it (Lipton, Elkan and Naryanaswamy 2014) has no such scatter and reads posts of other
    topics better (docs/moods.md).
    """
    values = [_expected(scores, step) for step in STEPS]
    return float(round(STEPS[int(np.argmax(values))], 3))


def _expected(scores: Floats, step: float) -> float:
    """Return the F1 of calling the mood from ``step`` on, if the scores are true probabilities."""
    called = scores >= step
    return float(2 * scores[called].sum() / max(scores.sum() + called.sum(), 1e-9))
