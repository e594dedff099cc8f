"""From a network to a model: rounded, calibrated, with thresholds and figures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analysis.calibrate import Judged, calibration_error, f1, wise_threshold
from analysis.folds import folds_of
from analysis.heed import curves_of
from analysis.layers import mixed, rounded
from analysis.mood import MOODS
from analysis.moods import MoodModel
from analysis.nets import Net
from analysis.scatter import scatter_of

Floats = NDArray[np.float64]


def bare(net: Net) -> MoodModel:
    """Return a network as a model that nothing calibrated yet: its log-odds are the network's."""
    none = np.zeros(len(MOODS))
    thresholds = dict.fromkeys(MOODS, 0.5)
    bias = net.bias.astype(np.float64)
    return MoodModel("unsaved", rounded(net), bias, thresholds, none, none)


def assemble(model: MoodModel, judged: Judged, learnt: int) -> MoodModel:
    """Fold calibration into a bare model and measure what it will be judged by.

    Args:
        model: learnt from all posts.
        judged: what calibrates; figures and the scatter of shares come from one half of its
            topics by the curves of the other.
        learnt: how many labelled posts the model comes from, to be noted.
    """
    labels, curves = judged.labels, curves_of(judged.odds, judged.labels)
    scores, crossed = curves.chances(judged.odds), _crossed(judged)
    thresholds = {m: wise_threshold(scores[:, at]) for at, m in enumerate(MOODS)}
    notes: dict[str, object] = {"posts": float(learnt)}
    notes |= {"weights": curves.weights.tolist(), "shifts": curves.shifts.tolist()}
    for at, mood in enumerate(MOODS):
        notes[f"f1.{mood}"] = f1(labels[:, at], crossed[:, at] >= thresholds[mood])
        notes[f"calibration_error.{mood}"] = calibration_error(crossed[:, at], labels[:, at])
    return replace(
        model,
        layers=mixed(model.layers, curves.weights),
        bias=curves.weights @ model.bias + curves.shifts,
        thresholds=thresholds,
        prevalence=labels.mean(axis=0, dtype=float),
        scatter=scatter_of(crossed, labels, judged.topics),
        notes=notes,
    )


def _crossed(judged: Judged) -> Floats:
    """Return chances by curves fitted on the other half of the topics."""
    folds = folds_of(judged.topics, 2)
    found = np.zeros(judged.odds.shape)
    for fold in np.unique(folds):
        mine = folds == fold
        found[mine] = curves_of(judged.odds[~mine], judged.labels[~mine]).chances(judged.odds[mine])
    return found
