"""Learning the mood model from labelled posts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis import modelfile
from analysis.assemble import assemble
from analysis.corpus import LabelledText, read_corpus, truth
from analysis.linear import Rows, TrainingError, Weights, design, fit
from analysis.moods import MoodModel

__all__ = ["Recipe", "TrainReport", "TrainingError", "save", "train", "train_from"]

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Recipe:
    """The choices of a training run, measured in docs/moods.md.

    Attributes:
        pieces: kinds of ``analysis.features.SPANS``.
        bits: the table has ``2 ** bits`` places.
        strength: how much a post's loss weighs against the penalty.
        folds: topics are dealt over so many parts for calibration.
    """

    pieces: tuple[str, ...] = ("one", "two", "three", "skip")
    bits: int = 20
    strength: float = 0.17
    folds: int = 3


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
        TrainingError: there are fewer than two topics.
    """
    recipe = recipe or Recipe()
    rows = list(rows)
    labels, folds = truth(rows), folds_of(rows, recipe.folds)
    features = design([row.text for row in rows], recipe.pieces, recipe.bits)
    weights = _fit(features, labels, np.arange(len(rows)), recipe)
    blind = np.zeros(labels.shape)
    for fold in np.unique(folds):
        learnt = _fit(features, labels, np.flatnonzero(folds != fold), recipe)
        blind[folds == fold] = learnt.odds(features)[folds == fold]
    return assemble(weights, blind, labels, [row.topic for row in rows], recipe.pieces)


def save(model: MoodModel, path: Path) -> MoodModel:
    """Write a model and return it as it will be read, with its version."""
    modelfile.write(path, vars(model))
    return MoodModel.load(path)


def train_from(
    corpus_dir: Path,
    out: Path,
    corrections: Iterable[LabelledText] = (),
    recipe: Recipe | None = None,
) -> TrainReport:
    """Learn from ``train.jsonl`` of a folder and from a team's corrections; write the model.

    Raises:
        CorpusError: a line of the corpus is not a labelled post.
        OSError: the corpus cannot be read or the model not written.
        TrainingError: too little to learn from.
    """
    rows = [*read_corpus(corpus_dir / "train.jsonl"), *corrections]
    model = save(train(rows, recipe), out)
    figures = {k: v for k, v in model.notes.items() if isinstance(v, float)}
    return TrainReport(model.version, out, figures)


def folds_of(rows: Sequence[LabelledText], count: int) -> Numbers:
    """Deal topics over folds by size, the largest first; a topic is never split.

    Raises:
        TrainingError: there are fewer than two topics.
    """
    topics = [row.topic or f"row {at}" for at, row in enumerate(rows)]
    names, place, sizes = np.unique(topics, return_inverse=True, return_counts=True)
    if len(names) < 2:
        raise TrainingError("training needs posts of two topics at least")
    filled = np.zeros(min(count, len(names)))
    fold = np.zeros(len(names), np.int64)
    for topic in np.argsort(-sizes, kind="stable"):
        fold[topic] = filled.argmin()
        filled[fold[topic]] += sizes[topic]
    return fold[place]


def _fit(features: Rows, labels: Floats, chosen: Numbers, recipe: Recipe) -> Weights:
    """Fit on the chosen texts."""
    return fit(features, labels, recipe.strength, chosen)
