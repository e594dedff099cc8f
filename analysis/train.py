"""Learning the mood model from labelled posts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from analysis import modelfile
from analysis.calibrate import best_threshold, calibration_error, f1, platt
from analysis.corpus import LabelledText, read_corpus, truth
from analysis.linear import Weights, design, fit
from analysis.mood import MOODS
from analysis.moods import MoodModel

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Recipe:
    """The choices of a training run, measured in docs/moods.md."""

    pieces: tuple[str, ...] = ("one", "two", "skip")
    bits: int = 18
    penalty: float = 1.0
    folds: int = 5
    seed: int = 7


@dataclass(frozen=True)
class TrainReport:
    """What a training run gave.

    Attributes:
        version: of the model that was written.
        path: where it lies.
        figures: names and numbers to print, measured on posts of topics it had not seen.
    """

    version: str
    path: Path
    figures: dict[str, float] = field(default_factory=dict)


def train(rows: Iterable[LabelledText], recipe: Recipe | None = None) -> MoodModel:
    """Learn a model; the same rows and recipe give the same model.

    Raises:
        ValueError: there are fewer than two topics to learn from.
    """
    recipe = recipe or Recipe()
    rows = list(rows)
    labels = truth(rows)
    features = design([row.text for row in rows], recipe.pieces, recipe.bits)
    folds = folds_of(rows, recipe)
    weights = _fit(features, labels, recipe)
    blind = out_of_fold(features, labels, folds, recipe)
    ones = np.ones(len(rows))
    curves = [platt(blind[:, m], labels[:, m].astype(float), ones) for m in range(len(MOODS))]
    return _assemble(weights, curves, blind, labels, recipe)


def save(model: MoodModel, path: Path) -> MoodModel:
    """Write a model and return it as it will be read, with its version."""
    modelfile.write(path, vars(model))
    return MoodModel.load(path)


def train_from(
    corpus_dir: Path, out: Path, corrections: Iterable[LabelledText] = ()
) -> TrainReport:
    """Learn from ``train.jsonl`` of a folder and from a team's corrections; write the model.

    Raises:
        CorpusError: a line of the corpus is not a labelled post.
        OSError: the corpus cannot be read or the model not written.
    """
    model = save(train([*read_corpus(corpus_dir / "train.jsonl"), *corrections]), out)
    figures = {k: v for k, v in model.notes.items() if isinstance(v, float)}
    return TrainReport(model.version, out, figures)


def folds_of(rows: Sequence[LabelledText], recipe: Recipe) -> NDArray[np.int64]:
    """Deal topics over folds by size, the largest first; a topic is never split."""
    topics = [row.topic or f"row {at}" for at, row in enumerate(rows)]
    names, place, sizes = np.unique(topics, return_inverse=True, return_counts=True)
    if len(names) < 2:
        raise ValueError("training needs posts of two topics at least")
    filled = np.zeros(min(recipe.folds, len(names)))
    fold = np.zeros(len(names), np.int64)
    for topic in np.argsort(-sizes, kind="stable"):
        fold[topic] = filled.argmin()
        filled[fold[topic]] += sizes[topic]
    return fold[place]


def out_of_fold(
    features: sp.csr_matrix, labels: NDArray[np.float32], folds: NDArray[np.int64], recipe: Recipe
) -> Floats:
    """Return each post's log-odds from a model that saw no post of its topic."""
    odds = np.zeros(labels.shape)
    for fold in np.unique(folds):
        out = folds == fold
        odds[out] = _fit(features[~out], labels[~out], recipe).odds(features[out])
    return odds


def _fit(features: sp.csr_matrix, labels: NDArray[np.float32], recipe: Recipe) -> Weights:
    """Fit every row with the same importance."""
    return fit(features, labels, np.ones(len(labels), np.float32), recipe.penalty)


def _assemble(
    weights: Weights,
    curves: Sequence[tuple[float, float]],
    blind: Floats,
    labels: NDArray[np.float32],
    recipe: Recipe,
) -> MoodModel:
    """Fold calibration into the weights, round them to bytes, find thresholds and figures."""
    slopes, shifts = (np.array(side) for side in zip(*curves, strict=True))
    table = weights.table * slopes
    step = np.abs(table).max(axis=0) / 127
    scores = 1 / (1 + np.exp(-(blind * slopes + shifts)))
    thresholds = {m: best_threshold(scores[:, i], labels[:, i]) for i, m in enumerate(MOODS)}
    notes: dict[str, object] = {"rows": float(len(labels))}
    for i, mood in enumerate(MOODS):
        notes[f"f1.{mood}"] = f1(labels[:, i], scores[:, i] >= thresholds[mood])
        notes[f"calibration_error.{mood}"] = calibration_error(scores[:, i], labels[:, i])
    return MoodModel(
        version="unsaved",
        table=np.round(table / step).astype(np.int8),
        scale=step,
        bias=weights.bias * slopes + shifts,
        pieces=recipe.pieces,
        thresholds=thresholds,
        notes=notes,
    )
