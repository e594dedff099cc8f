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
#: What a new model may lose on the fixed set alone for what it wins on corrections: what most
#: honest corrections of an unseen affair cost the written set; nonsense costs four times as much
#: (docs/moods.md).
HARM = 0.01
#: The same for support, which so few posts of the written set carry that each moves it by 0.01.
SUPPORT_HARM = 0.025


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
    """Whether a new model may take over, and the figures that say so.

    Attributes:
        accepted: it may.
        new: the new model on everything it is judged by.
        old: the present one on the same.
        fixed: both, new first, on the fixed set alone.
    """

    accepted: bool
    new: Evaluation
    old: Evaluation
    fixed: tuple[Evaluation, Evaluation]


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


def compare(
    new: MoodModel,
    old: MoodModel,
    fixed: Sequence[LabelledText],
    kept_back: Sequence[LabelledText] = (),
) -> Verdict:
    """Judge two models on one fixed set and the corrections that neither has learnt from.

    The new one must be better on all of it together, by more than rounding. Corrected posts are
    errors of the old model by their nature, so on the fixed set alone it may not lose more than
    ``HARM`` in the three moods' mean, nor ``SUPPORT_HARM`` in support.
    """
    whole = evaluate(new, [*fixed, *kept_back]), evaluate(old, [*fixed, *kept_back])
    alone = evaluate(new, fixed), evaluate(old, fixed)
    better = whole[0].macro >= whole[1].macro + MARGIN
    harmless = alone[0].macro >= alone[1].macro - HARM
    kind = alone[0].f1[Mood.SUPPORT] >= alone[1].f1[Mood.SUPPORT] - SUPPORT_HARM
    return Verdict(better and harmless and kind, *whole, alone)
