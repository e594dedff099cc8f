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
    blind: tuple[Floats, Floats],
    labels: NDArray[np.float32],
    topics: Sequence[str],
    pieces: tuple[str, ...],
) -> MoodModel:
    """Fold calibration into the weights and measure what the model will be judged by.

    Args:
        weights: learnt from all posts.
        blind: (posts, moods) log-odds from models that saw no label of the same topic, first as
            the model was taught, then by labels alone. A teacher knew the topics, so only the
            second tells how far shares scatter on topics nobody has seen.
        labels: (posts, moods).
        topics: of each post.
        pieces: the kinds of piece the table holds.
    """
    taught, apart = blind
    slopes, shifts = _calibrated(taught, labels)
    scores = _chances(taught, slopes, shifts)
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
        stretch=stretch_of(_chances(apart, *_calibrated(apart, labels)), labels, topics),
        notes=notes,
    )


def _calibrated(odds: Floats, labels: NDArray[np.float32]) -> tuple[Floats, Floats]:
    """Return the slope and the shift of each mood."""
    curves = [platt(odds[:, at], labels[:, at].astype(float)) for at in range(len(MOODS))]
    slopes, shifts = zip(*curves, strict=True)
    return np.array(slopes), np.array(shifts)


def _chances(odds: Floats, slopes: Floats, shifts: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-(odds * slopes + shifts))))


def _step(table: Floats) -> Floats:
    """Return what one step of a byte is worth; the largest weights matter most, none is cut."""
    largest: Floats = np.abs(table).max(axis=0)
    return np.maximum(largest, 1e-9) / 127
