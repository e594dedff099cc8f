"""From learnt weights to a model: calibrated, rounded to bytes, with thresholds and figures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.calibrate import best_threshold, calibration_error, f1, platt
from analysis.linear import Weights
from analysis.mood import MOODS
from analysis.moods import MoodModel
from analysis.scatter import stretch_of

Floats = NDArray[np.float64]


def assemble(
    weights: Weights,
    blind: Floats,
    labels: NDArray[np.float32],
    topics: Sequence[str],
    pieces: tuple[str, ...],
) -> MoodModel:
    """Fold calibration into the weights and measure what the model will be judged by.

    Args:
        weights: learnt from all posts.
        blind: (posts, moods) log-odds from models that saw no post of the same topic.
        labels: (posts, moods).
        topics: of each post.
        pieces: the kinds of piece the table holds.
    """
    curves = [platt(blind[:, at], labels[:, at].astype(float)) for at in range(len(MOODS))]
    slopes, shifts = (np.array(side) for side in zip(*curves, strict=True))
    scores = 1 / (1 + np.exp(-(blind * slopes + shifts)))
    thresholds = {m: best_threshold(scores[:, at], labels[:, at]) for at, m in enumerate(MOODS)}
    notes: dict[str, object] = {"posts": float(len(labels))}
    for at, mood in enumerate(MOODS):
        notes[f"f1.{mood}"] = f1(labels[:, at], scores[:, at] >= thresholds[mood])
        notes[f"calibration_error.{mood}"] = calibration_error(scores[:, at], labels[:, at])
    table = weights.table * slopes
    step = _step(table)
    return MoodModel(
        version="unsaved",
        table=np.round(table / step).astype(np.int8),
        scale=step,
        bias=weights.bias * slopes + shifts,
        pieces=pieces,
        thresholds=thresholds,
        prevalence=labels.mean(axis=0, dtype=float),
        stretch=stretch_of(scores, labels, topics),
        notes=notes,
    )


def _step(table: Floats) -> Floats:
    """Return what one step of a byte is worth; the largest weights matter most, none is cut."""
    largest: Floats = np.abs(table).max(axis=0)
    return np.maximum(largest, 1e-9) / 127
