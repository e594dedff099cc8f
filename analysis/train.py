"""Learning the mood model from labelled posts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis import modelfile
from analysis.assemble import assemble, bare
from analysis.beliefs import Belief, read_beliefs
from analysis.calibrate import Judged
from analysis.corpus import LabelledText, read_corpus, truth
from analysis.folds import folds_of
from analysis.linear import Rows, TrainingError, design, fit
from analysis.moods import MoodModel
from analysis.nets import of_linear
from analysis.pupil import taught_by
from analysis.recipe import Recipe

__all__ = ["Recipe", "TrainReport", "TrainingError", "save", "train", "train_from"]

Floats = NDArray[np.float32]


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

    With beliefs only where float sums come out alike: on one machine, with the same versions.

    Args:
        rows: posts with their moods.
        recipe: the choices of this run.
        beliefs: posts that nobody labelled, with what a reader or a teacher believes of them.
        unseen: posts that neither these rows nor the beliefs hold. With beliefs, which know the
            topics of these rows, only those of other topics can calibrate.

    Raises:
        TrainingError: there are fewer than two topics, or beliefs but no numba.
    """
    recipe = recipe or Recipe()
    rows = list(rows)
    folds = folds_of([row.topic for row in rows], recipe.folds)
    if folds.max(initial=0) < 1:
        raise TrainingError("one_topic")
    if beliefs:
        return taught_by(beliefs, rows, unseen, recipe)
    labels, topics = truth(rows), [row.topic for row in rows]
    features = design([row.text for row in rows], recipe.bits)
    weights = fit(features, labels, recipe.strength)
    judged = Judged(_blind(features, labels, folds, recipe.strength), labels, topics)
    return assemble(bare(of_linear(features.given, weights.table, weights.bias)), judged, len(rows))


def _blind(
    features: Rows, labels: Floats, folds: NDArray[np.int64], strength: float
) -> NDArray[np.float64]:
    """Return log-odds of the posts from models that learnt no label of their topics."""
    found = np.zeros(labels.shape)
    for fold in np.unique(folds):
        learnt = fit(features, labels, strength, np.flatnonzero(folds != fold))
        found[folds == fold] = learnt.odds(features)[folds == fold]
    return found


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

    ``beliefs`` is a file as ``benchmarks/moods_readings.py tell`` writes it; with it, ``dev.jsonl``
    of the folder calibrates, where there is one.

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
