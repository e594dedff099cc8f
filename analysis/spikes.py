"""Spikes: the moment a mood, or all that is said, rises beyond what is usual for this topic."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from analysis.cold import first_alarm
from analysis.judge import judge
from analysis.memory import Memory
from analysis.mood import MOODS, VOLUME
from analysis.rarity import quantile
from analysis.reason import Reason
from analysis.series import Floats, MoodSeries, Series, aware
from analysis.spike import HOUR, RULES, Spike, SpikeRules, Verdicts

__all__ = [
    "RULES",
    "Memory",
    "Spike",
    "SpikeRules",
    "Verdicts",
    "find_spikes",
    "judge",
    "may_spike",
    "score_points",
]


def find_spikes(
    series: MoodSeries,
    rules: SpikeRules = RULES,
    since: datetime | None = None,
    memory: Memory | None = None,
) -> list[Spike]:
    """Return the spikes of all curves in order of time.

    A bucket's verdict uses no later bucket. The last bucket should be complete
    (:meth:`MoodSeries.until`). The series should begin where the topic's records begin, or a
    fortnight ago, whichever is later: what lies before its first bucket is taken as unknown,
    and the rule for a topic without history holds for its first day.

    Args:
        series: curves of one topic.
        rules: what counts as a spike.
        since: return only spikes of buckets that start then or later.
        memory: of the last look at this topic; it saves work and changes nothing.
    """
    memory = Memory() if memory is None else memory
    found: list[Spike] = []
    for name in series.curves if len(series) else ():
        curve = series.curve(name)
        if since is not None and not may_spike(curve, since, rules):
            continue
        known = memory.recall(name, curve, rules)
        if known is None:
            verdicts = judge(curve, rules, rules.prior.get(name, rules.prior.get("mood")))
            places = np.flatnonzero(verdicts.spikes).tolist()
            known = [_spike(curve, name, verdicts, place) for place in places]
            memory.keep(name, curve, verdicts, known)
        found += known
    if first := first_alarm(series, rules):
        found = [first, *(spike for spike in found if not _told(spike, first, series, rules))]
    floor = None if since is None else aware(since)
    order = {name: place for place, name in enumerate((*MOODS, VOLUME))}
    kept = [spike for spike in found if floor is None or spike.at >= floor]
    return sorted(kept, key=lambda spike: (spike.at, order.get(spike.mood, 9)))


def may_spike(curve: Series, since: datetime, rules: SpikeRules = RULES) -> bool:
    """Say whether any bucket from ``since`` on has enough behind it, whatever is usual."""
    widest = max(rules.windows, default=curve.step)
    return curve.total(since - widest) >= rules.least


def _told(spike: Spike, first: Spike, series: MoodSeries, rules: SpikeRules) -> bool:
    """Say whether the alarm on a new topic has already told of ``spike``."""
    soon = timedelta(0) <= spike.at - first.at < rules.refractory
    end = spike.at + series.step
    heard = series.curve(spike.mood).total(end - timedelta(seconds=HOUR), end)
    return spike.mood == first.mood and soon and heard < rules.again * first.observed


def score_points(
    timestamps: Sequence[float] | Floats, values: Sequence[float] | Floats
) -> tuple[Floats, np.ndarray]:
    """Score a plain series by the product's own rule.

    Rows are read in order of time; the width of a bucket is the usual distance of the first
    rows; missing rows and values that are not finite are unknown, values below zero count
    as zero, and of rows with one time the first counts.

    Args:
        timestamps: epoch seconds, shape (n,).
        values: shape (n,).

    Returns:
        Scores in [0, 1] and whether it is a spike (score ≥ 0.5), both of shape (n,).

    Raises:
        ValueError: the times lie too unevenly for one grid, or have no date.
    """
    times, held = np.asarray(timestamps, np.float64), np.asarray(values, np.float64)
    if not len(times):
        return np.zeros(0), np.zeros(0, dtype=bool)
    order = np.argsort(times, kind="stable")
    ordered = times[order]
    gaps = np.diff(ordered[:101])
    gaps = gaps[gaps > 0]
    step = float(np.median(gaps)) if len(gaps) else HOUR
    where, back = np.unique(np.round((ordered - ordered[0]) / step), return_inverse=True)
    grid, size = where.astype(np.int64), int(where[-1]) + 1
    firsts = order[np.searchsorted(back, np.arange(len(where)))]
    if size > 50 * len(times) + 1_000:
        raise ValueError(f"{len(times)} times would need a grid of {size} buckets")
    counts = np.full(size, np.nan)
    counts[grid] = held[firsts]
    start = datetime.fromtimestamp(float(ordered[0]), UTC)
    verdicts = judge(Series(start, timedelta(seconds=step), counts))
    scores, spikes = np.zeros(len(times)), np.zeros(len(times), dtype=bool)
    scores[order] = verdicts.score[grid[back]]
    spikes[order] = verdicts.spikes[grid[back]]
    return scores, spikes


def _spike(series: Series, name: str, verdicts: Verdicts, index: int) -> Spike:
    expected, scatter = float(verdicts.expected[index]), float(verdicts.scatter[index])
    observed = float(verdicts.observed[index])
    window = series.step * int(verdicts.window[index])
    low, high = quantile(0.025, expected, scatter), quantile(0.975, expected, scatter)
    why = Reason(
        f"signals.spike_{name}",
        {
            "observed": round(observed),
            "expected": round(expected, 1),
            "high": round(high),
            "minutes": round(window.total_seconds() / 60),
            "times": round(observed / max(expected, 1.0), 1),
        },
    )
    return Spike(
        series.at(index), name, float(verdicts.score[index]), float(verdicts.rarity[index]),
        observed, expected, low, high, observed - expected, why, window,
    )  # fmt: skip
