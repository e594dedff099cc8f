"""A network that learns what readers and teachers believe of many posts, beside the labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from analysis.assemble import assemble, bare
from analysis.beliefs import Belief
from analysis.calibrate import Judged
from analysis.corpus import LabelledText, truth
from analysis.folds import folds_of
from analysis.linear import TrainingError
from analysis.moods import MoodModel
from analysis.nets import Net
from analysis.recipe import Recipe

_Teach = Callable[[Sequence[LabelledText]], Net]


def taught_by(
    beliefs: Sequence[Belief],
    rows: Sequence[LabelledText],
    unseen: Sequence[LabelledText],
    recipe: Recipe,
) -> MoodModel:
    """Teach a network beliefs and labels, and calibrate it on posts of other topics.

    Args:
        beliefs: posts without labels, with what a reader or a slow teacher believes of them.
        rows: posts with their moods.
        unseen: posts that may calibrate; those of topics that ``rows`` hold, or of none, are left
            out. Where too few are left, or one topic only, topics are held out of the labels, if
            not of the beliefs.
        recipe: the choices of this run.

    Raises:
        TrainingError: numba is not there or cannot work.
    """
    try:
        from analysis.schooling import taught
    except (ImportError, RuntimeError) as error:
        # Not there, or without a folder to keep what it compiled.
        raise TrainingError("no_numba", cause=error) from error
    texts = [belief.text for belief in beliefs]
    chances = np.array([belief.chances for belief in beliefs], np.float32)

    def teach(known: Sequence[LabelledText]) -> Net:
        told = np.concatenate([truth(known), chances])
        return taught([*(row.text for row in known), *texts], told, recipe.bits, recipe.school)

    model = bare(teach(rows))
    topics = {"", *(row.topic for row in rows)}
    met = [post for post in unseen if post.topic not in topics]
    if len(met) >= recipe.enough and len({post.topic for post in met}) > 1:
        odds = model.odds([post.text for post in met])
        judged = Judged(odds, truth(met), [post.topic for post in met])
    else:
        judged = _held_out(rows, teach, recipe)
    return assemble(model, judged, len(rows))


def _held_out(rows: Sequence[LabelledText], teach: _Teach, recipe: Recipe) -> Judged:
    """Judge the labelled posts by networks that learnt no label of their topics."""
    topics = [row.topic for row in rows]
    folds = folds_of(topics, recipe.folds)
    odds = np.zeros(truth(rows).shape)
    for fold in np.unique(folds):
        model = bare(teach([r for r, f in zip(rows, folds, strict=True) if f != fold]))
        found = model.odds([r.text for r, f in zip(rows, folds, strict=True) if f == fold])
        odds[folds == fold] = found
    return Judged(odds, truth(rows), topics)
