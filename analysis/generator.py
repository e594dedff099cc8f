"""Synthetic affairs from a seed: level, rhythm, ramps, bursts and floods, for tests and drills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from analysis.mood import MOODS, VOLUME
from analysis.series import Floats, MoodSeries

HOUR = timedelta(hours=1)
#: Shares of the moods in an ordinary week of a brand, and in an affair.
ORDINARY: Mapping[str, float] = {
    "anxiety": 0.04, "doubt": 0.07, "hostility": 0.05, "support": 0.12,
}  # fmt: skip
ANGRY: Mapping[str, float] = {
    "anxiety": 0.18, "doubt": 0.3, "hostility": 0.25, "support": 0.05,
}  # fmt: skip


@dataclass(frozen=True)
class Burst:
    """A rise and fall of what is said.

    Attributes:
        at: when it begins, from the start of the plan.
        peak: mentions an hour at its top, above the level.
        rise: time from nothing to the top, in a straight line; zero is a wall.
        half: time in which it falls by half after the top.
        moods: share of each mood in it.
    """

    at: timedelta
    peak: float
    rise: timedelta = timedelta(hours=1)
    half: timedelta = timedelta(hours=6)
    moods: Mapping[str, float] = field(default_factory=lambda: ANGRY)

    def heat(self, hours: Floats) -> Floats:
        """Return mentions an hour at ``hours`` from the start of the plan."""
        since = hours - self.at / HOUR
        rise = max(self.rise / HOUR, 1e-9)
        fall = 0.5 ** (np.maximum(since - rise, 0.0) / max(self.half / HOUR, 1e-9))
        climb = np.clip(since / rise, 0.0, 1.0)
        return np.asarray(np.where(since > 0, self.peak * climb * fall, 0.0))


@dataclass(frozen=True)
class Plan:
    """What is to happen.

    Attributes:
        start: first bucket, aware.
        days: length.
        step: width of a bucket.
        level: mentions an hour on an ordinary day, on average.
        daily: strength of the daily rhythm; 0.9 makes noon about six times four o'clock.
        weekend: level of Saturday and Sunday against other days.
        scatter: variance of an hour's true level, in units of its square.
        moods: share of each mood in ordinary times.
        bursts: affairs and floods.
    """

    start: datetime = datetime(2026, 1, 4, 16, tzinfo=UTC)
    days: float = 7
    step: timedelta = timedelta(minutes=5)
    level: float = 40.0
    daily: float = 0.9
    weekend: float = 0.6
    scatter: float = 0.05
    moods: Mapping[str, float] = field(default_factory=lambda: ORDINARY)
    bursts: tuple[Burst, ...] = ()


def ordinary(plan: Plan) -> Floats:
    """Return the ordinary mentions an hour at each bucket, shape (n,)."""
    size = round(timedelta(days=plan.days) / plan.step)
    times = plan.start.timestamp() + np.arange(size) * plan.step.total_seconds()
    local = times / 86_400 + 8 / 24
    day = np.exp(plan.daily * np.sin(2 * np.pi * (local - 10 / 24)))
    week = np.where((np.floor(local) + 3) % 7 >= 5, plan.weekend, 1.0)
    return np.asarray(plan.level * day / np.i0(plan.daily) * week)


def draw(plan: Plan, seed: int) -> MoodSeries:
    """Draw the curves of a plan; the same seed draws the same.

    Counts are Poisson around a level that wanders by the hour (gamma, so together negative
    binomial); each mood is a share of them, a mention may carry several.
    """
    rng = np.random.default_rng(seed)
    base = ordinary(plan)
    size, width = len(base), plan.step / HOUR
    hours: Floats = np.arange(size, dtype=np.float64) * width
    wander = np.ones(size)
    if plan.scatter > 0:
        drawn = rng.gamma(1 / plan.scatter, plan.scatter, int(hours[-1]) + 1 if size else 0)
        wander = drawn[hours.astype(np.int64)]
    parts = [(base * wander, plan.moods)]
    parts += [(burst.heat(hours), burst.moods) for burst in plan.bursts]
    curves = {name: np.zeros(size) for name in (VOLUME, *MOODS)}
    for heat, moods in parts:
        counts = rng.poisson(heat * width)
        curves[VOLUME] += counts
        for mood in MOODS:
            curves[mood] += rng.binomial(counts, moods.get(mood, 0.0))
    return MoodSeries(plan.start, plan.step, curves)
