"""Learning the mood model from labelled posts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis import modelfile
from analysis.assemble import assemble
from analysis.beliefs import Belief, read_beliefs
from analysis.calibrate import Judged
from analysis.corpus import LabelledText, read_corpus, truth
from analysis.folds import folds_of
from analysis.linear import Rows, TrainingError, Weights, design, fit
from analysis.moods import MoodModel

__all__ = ["Recipe", "TrainReport", "TrainingError", "save", "train", "train_from"]

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]
Odds = NDArray[np.float64]


@dataclass(frozen=True)
class Recipe:
    """The choices of a training run, measured in docs/moods.md.

    Attributes:
        pieces: kinds of ``analysis.features.SPANS``.
        bits: the table has ``2 ** bits`` places.
        strength: how much a post's loss weighs against the penalty (C of scikit-learn).
        taught: the same, when a teacher's many posts speak too.
        trust: how much of a belief is the teacher's; the rest is what labels alone teach.
        folds: topics are dealt over so many parts for calibration, where it needs them.
        enough: of fewer unseen posts calibration would be all chance.
    """

    pieces: tuple[str, ...] = ("one", "two", "skip")
    bits: int = 19
    strength: float = 0.17
    taught: float = 0.03
    trust: float = 0.65
    folds: int = 3
    enough: int = 500


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


def train(
    rows: Iterable[LabelledText],
    recipe: Recipe | None = None,
    beliefs: Sequence[Belief] = (),
    unseen: Sequence[LabelledText] = (),
) -> MoodModel:
    """Learn a model; the same rows, beliefs and recipe give the same model.

    Args:
        rows: posts with their moods.
        recipe: the choices of this run.
        beliefs: posts that nobody labelled, with what a slow teacher thinks of them.
        unseen: posts that neither these rows nor the teacher hold. With a teacher, who knew the
            topics of these rows, only those of other topics can calibrate.

    Raises:
        TrainingError: there are fewer than two topics.
    """
    recipe = recipe or Recipe()
    rows = list(rows)
    folds = folds_of([row.topic for row in rows], recipe.folds)
    if folds.max(initial=0) < 1:
        raise TrainingError("training needs posts of two topics at least")
    texts = [row.text for row in rows] + [belief.text for belief in beliefs]
    features = design(texts, recipe.pieces, recipe.bits)
    labels, strength = truth(rows), recipe.strength
    if beliefs:
        own = fit(features, labels, strength, np.arange(len(rows))).odds(features)[len(rows) :]
        labels = np.concatenate([labels, _mixed(own, beliefs, recipe.trust)])
        strength = recipe.taught
    weights = fit(features, labels, strength)
    known = {row.topic for row in rows if row.topic}
    unseen = [post for post in unseen if post.topic not in known]
    if beliefs and len(unseen) >= recipe.enough:
        return assemble(weights, _met(weights, unseen, recipe), recipe.pieces, len(rows))
    blind = _blind(features, labels, folds, strength)
    judged = Judged(blind, labels[: len(rows)], [row.topic for row in rows])
    return assemble(weights, judged, recipe.pieces, len(rows))


def _met(weights: Weights, unseen: Sequence[LabelledText], recipe: Recipe) -> Judged:
    """Judge posts of topics that nobody learnt from."""
    rows = design([post.text for post in unseen], recipe.pieces, recipe.bits)
    odds = weights.odds(rows).astype(float)
    return Judged(odds, truth(unseen), [post.topic for post in unseen])


def _blind(features: Rows, labels: Floats, folds: Numbers, strength: float) -> Odds:
    """Return log-odds of the labelled posts from models that learnt no label of their topics.

    ``labels`` may go on after the labelled posts, with beliefs: those are always learnt from.
    """
    count = len(folds)
    found = np.zeros((count, labels.shape[1]))
    for fold in np.unique(folds):
        told = np.concatenate([folds != fold, np.ones(len(labels) - count, bool)])
        learnt = fit(features, labels, strength, np.flatnonzero(told))
        found[folds == fold] = learnt.odds(features)[:count][folds == fold]
    return found


def _mixed(own: Floats, beliefs: Sequence[Belief], trust: float) -> Floats:
    """Return what to believe: the mean log-odds of the teacher and of what labels alone teach.

    They err on different posts; together they are right more often than either (docs/moods.md).
    """
    told = np.clip(np.array([belief.chances for belief in beliefs]), 1e-4, 1 - 1e-4)
    odds = trust * np.log(told / (1 - told)) + (1 - trust) * own
    return np.asarray(1 / (1 + np.exp(-odds)), np.float32)


def save(model: MoodModel, path: Path) -> MoodModel:
    """Write a model and return it as it will be read, with its version."""
    modelfile.write(path, vars(model))
    return MoodModel.load(path)


def train_from(
    corpus_dir: Path,
    out: Path,
    recipe: Recipe | None = None,
    beliefs: Path | None = None,
) -> TrainReport:
    """Learn from ``train.jsonl`` of a folder; write the model.

    ``beliefs`` is a file of a teacher's answers, as ``benchmarks/moods_teacher.py`` writes it; with
    it, ``dev.jsonl`` of the folder calibrates, where there is one.

    Raises:
        CorpusError: a line of the corpus is not a labelled post.
        OSError: the corpus cannot be read or the model not written.
        TrainingError: too little to learn from.
    """
    told = list(read_beliefs(beliefs)) if beliefs else []
    dev = corpus_dir / "dev.jsonl"
    unseen = list(read_corpus(dev)) if told and dev.is_file() else []
    model = save(train(read_corpus(corpus_dir / "train.jsonl"), recipe, told, unseen), out)
    figures = {k: v for k, v in model.notes.items() if isinstance(v, float)}
    return TrainReport(model.version, out, figures)
