"""How bad an affair is: volume, hostility, speed, spread and reach, weighed into one level."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log

import numpy as np

from analysis.mood import VOLUME, Mood
from analysis.reason import Reason
from analysis.series import MoodSeries, aware

#: Weight of each part, and the values at which it begins to count and counts in full. The
#: scales of volume, speed and reach are logarithmic. They say what a press office calls a
#: small and a large affair; they are not fitted to any affair.
SCALES: dict[str, tuple[float, float, float, bool]] = {
    "volume": (35.0, 10.0, 1_000.0, True),
    "hostility": (25.0, 0.05, 0.5, False),
    "speed": (15.0, 1.0, 8.0, True),
    "spread": (10.0, 1.0, 4.0, False),
    "reach": (15.0, 1e4, 1e7, True),
}
#: Score from which on a level holds: 一般 1, 较大 2, 重大 3, 特别重大 4.
LEVELS: tuple[tuple[float, int], ...] = ((70.0, 4), (50.0, 3), (30.0, 2))


@dataclass(frozen=True)
class Severity:
    """One judgement.

    Attributes:
        level: 1 (一般) to 4 (特别重大).
        score: 0 to 100.
        why: the parts that weigh most.
    """

    level: int
    score: float
    why: Reason


@dataclass(frozen=True)
class Extent:
    """What is known of an affair now; None is unknown and does not weigh.

    Attributes:
        volume: mentions in the busiest hour of the last six, above the usual.
        hostility: share of those mentions that are hostile, in [0, 1].
        speed: mentions of the last hour over those of the hour before.
        spread: platforms that carry it.
        reach: followers or readers of those who carry it.
    """

    volume: float | None = None
    hostility: float | None = None
    speed: float | None = None
    spread: int | None = None
    reach: float | None = None


def severity(extent: Extent) -> Severity:
    """Weigh an affair; parts that are unknown leave their weight to the others."""
    parts = {name: _part(name, getattr(extent, name)) for name in SCALES}
    known = {name: share for name, share in parts.items() if share is not None}
    weight = sum(SCALES[name][0] for name in known)
    score = 100 * sum(SCALES[n][0] * share for n, share in known.items()) / weight if known else 0.0
    level = next((level for least, level in LEVELS if score >= least), 1)
    values: dict[str, object] = {
        "level": level,
        "score": round(score),
        "volume": round(extent.volume or 0),
        "hostility": round(100 * (extent.hostility or 0)),
        "speed": round(extent.speed or 0, 1),
        "spread": extent.spread or 1,
        "reach": round(extent.reach or 0),
    }
    key = "signals.severity" if extent.reach is None else "signals.severity_reach"
    return Severity(level, round(score, 1), Reason(key, values))


def extent(
    series: MoodSeries,
    now: datetime,
    usual: float = 0.0,
    spread: int | None = None,
    reach: float | None = None,
) -> Extent:
    """Measure an affair from its curves up to ``now``.

    Args:
        series: curves of the affair or its topic.
        now: aware; buckets that are not complete then are left out.
        usual: mentions an hour that this topic has anyway.
        spread: platforms that carry it, None when not known.
        reach: followers or readers of those who carry it, None when not known.
    """
    held = series.until(aware(now))
    per = max(1, round(timedelta(hours=1) / series.step))
    hours = _hours(held.curve(VOLUME).counts, per, 6)
    hostile = _hours(held.curve(Mood.HOSTILITY).counts, per, 6)
    scale = per * (series.step / timedelta(hours=1))
    busiest = int(np.argmax(hours)) if len(hours) else 0
    if not len(hours) or hours[busiest] <= 0:
        return Extent(volume=0.0, spread=spread, reach=reach)
    return Extent(
        volume=max(0.0, float(hours[busiest]) / scale - usual),
        hostility=float(hostile[busiest] / hours[busiest]),
        speed=float(hours[-1] / max(hours[-2], 1.0)) if len(hours) > 1 else None,
        spread=spread,
        reach=reach,
    )


def _hours(counts: np.ndarray, per: int, most: int) -> np.ndarray:
    """Sum the last ``most`` stretches of ``per`` buckets, the newest last."""
    size = min(most, -(-len(counts) // per))
    padded = np.zeros(size * per)
    taken = np.nan_to_num(counts[max(0, len(counts) - size * per) :])
    padded[size * per - len(taken) :] = taken
    return np.asarray(padded.reshape(size, per).sum(axis=1))


def _part(name: str, value: float | None) -> float | None:
    if value is None:
        return None
    _, low, high, logarithmic = SCALES[name]
    if logarithmic:
        share = log(max(value, low) / low) / log(high / low)
    else:
        share = (value - low) / (high - low)
    return min(1.0, max(0.0, share))
