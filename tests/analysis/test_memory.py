"""Remembering the last look saves work and changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from analysis.generator import Burst, Plan, draw
from analysis.series import MoodSeries
from analysis.spikes import Memory, SpikeRules, find_spikes

STEP, HOUR = timedelta(minutes=5), timedelta(hours=1)
START = datetime(2026, 1, 4, 16, tzinfo=UTC)


def until(series: MoodSeries, size: int) -> MoodSeries:
    return series.until(series.start + size * series.step)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("level", [4.0, 60.0])
def test_looks_with_memory_find_what_looks_without_it_find(seed: int, level: float):
    bursts = tuple(Burst(at * HOUR, 150.0 * times) for at, times in ((30, 1), (33, 3)))
    series = draw(Plan(days=2, level=level, step=STEP, bursts=bursts), seed)
    rng, memory, size = np.random.default_rng(seed), Memory(), 340
    while size <= len(series):
        seen = until(series, size)
        if rng.random() < 0.3:  # a post that comes late changes the past
            seen.curves["volume"][size - rng.integers(1, 200)] += rng.integers(1, 30)
        since = seen.end - 6 * HOUR
        assert find_spikes(seen, since=since, memory=memory) == find_spikes(seen, since=since)
        size += int(rng.choice([1, 1, 2, 12, 12]))


def test_a_quiet_look_judges_nothing():
    series = draw(Plan(days=3, level=40, step=STEP), 1)
    memory, size = Memory(), 600
    find_spikes(until(series, size), memory=memory)
    curve = until(series, size + 1).curve("volume")
    assert memory.recall("volume", curve, SpikeRules()) is not None


def test_a_blind_stretch_changes_the_past():
    series = draw(Plan(days=3, level=40, step=STEP), 2)
    memory = Memory()
    find_spikes(series, memory=memory)
    for counts in series.curves.values():
        counts[200:230] = np.nan
    assert find_spikes(series, memory=memory) == find_spikes(series)
