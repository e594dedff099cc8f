"""Judging a model on posts it never saw, and deciding whether a new one may take over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.calibrate import calibration_error, f1
from analysis.corpus import LabelledText, truth
from analysis.mood import MOODS, Mood
from analysis.moods import MoodModel

#: The moods a crisis is read by; support is their counterweight and judged apart.
CORE = (Mood.ANXIETY, Mood.DOUBT, Mood.HOSTILITY)
#: Below this difference two models are the same, and the old one stays.
MARGIN = 0.001


@dataclass(frozen=True)
class Evaluation:
    """Figures of one model on one set.

    Attributes:
        f1: per mood, labels at the model's own thresholds.
        calibration: per mood, expected calibration error.
        posts: how many were judged.
    """

    f1: Mapping[Mood, float]
    calibration: Mapping[Mood, float]
    posts: int

    @property
    def macro(self) -> float:
        """Mean F1 of anxiety, doubt and hostility."""
        return float(np.mean([self.f1[mood] for mood in CORE]))

    def figures(self) -> dict[str, float]:
        """Return everything by name, to print."""
        named = {f"f1.{mood}": self.f1[mood] for mood in MOODS}
        named |= {f"calibration_error.{mood}": self.calibration[mood] for mood in MOODS}
        return named | {"f1.macro": self.macro, "posts": float(self.posts)}


@dataclass(frozen=True)
class Verdict:
    """Whether a new model may take over, and the figures that say so."""

    accepted: bool
    new: Evaluation
    old: Evaluation


def evaluate(model: MoodModel, rows: Sequence[LabelledText]) -> Evaluation:
    """Judge a model on labelled posts."""
    scores = model.score([row.text for row in rows])
    labels = truth(rows)
    found = {
        mood: (
            f1(labels[:, at], scores[:, at] >= model.thresholds[mood]),
            calibration_error(scores[:, at], labels[:, at]),
        )
        for at, mood in enumerate(MOODS)
    }
    return Evaluation(
        {mood: pair[0] for mood, pair in found.items()},
        {mood: pair[1] for mood, pair in found.items()},
        len(rows),
    )


def compare(new: MoodModel, old: MoodModel, rows: Sequence[LabelledText]) -> Verdict:
    """Judge two models on one fixed set; the new one must be better, and by more than rounding."""
    judged, before = evaluate(new, rows), evaluate(old, rows)
    return Verdict(judged.macro >= before.macro + MARGIN, judged, before)
