"""How bad an affair is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.series import MoodSeries
from analysis.severity import Extent, extent, severity

START = datetime(2026, 1, 5, tzinfo=UTC)


def test_levels_rise_from_small_to_national():
    small = severity(Extent(volume=20, hostility=0.1, speed=1.5, spread=1))
    middle = severity(Extent(volume=200, hostility=0.3, speed=2, spread=2))
    large = severity(Extent(volume=2_000, hostility=0.5, speed=6, spread=4, reach=2e7))
    assert (small.level, large.level) == (1, 4)
    assert small.score < middle.score < large.score


def test_unknown_parts_do_not_weigh():
    known = Extent(volume=1_000, hostility=0.5, speed=8)
    assert severity(known).score == pytest.approx(100)
    assert severity(Extent()).level == 1


def test_extent_reads_the_busiest_hour():
    volume = np.r_[np.full(36, 1.0), np.full(6, 50.0), np.full(6, 10.0)]
    series = MoodSeries(START, timedelta(minutes=10), {"volume": volume, "hostility": volume * 0.4})
    held = extent(series, series.end, usual=6)
    assert held.volume == pytest.approx(294)
    assert held.hostility == pytest.approx(0.4)
    assert held.speed == pytest.approx(0.2)


def test_extent_of_nothing():
    assert extent(MoodSeries(START, timedelta(minutes=10), {}), START).volume == 0


@given(st.floats(0, 1e6), st.floats(0, 1), st.floats(0, 100), st.integers(1, 9), st.floats(0, 1e9))
def test_more_is_never_milder(volume, hostility, speed, spread, reach):
    one = severity(Extent(volume, hostility, speed, spread, reach))
    more = severity(Extent(volume * 2, min(1, hostility + 0.1), speed + 1, spread + 1, reach * 2))
    assert 0 <= one.score <= more.score <= 100
    assert one.level <= more.level
