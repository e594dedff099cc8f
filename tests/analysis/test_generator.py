"""Synthetic affairs: what must hold of the signals whatever the seed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.generator import Burst, Plan, draw, ordinary
from analysis.series import MoodSeries
from analysis.spikes import find_spikes

DAY = timedelta(days=1)
AFFAIR = Plan(days=16, bursts=(Burst(14.4 * DAY, 300),))
START = AFFAIR.start + 14.4 * DAY


def test_the_same_seed_draws_the_same():
    one, other = draw(AFFAIR, 7), draw(AFFAIR, 7)
    assert all((one.curves[name] == other.curves[name]).all() for name in one.curves)
    assert (draw(AFFAIR, 8).curves["volume"] != one.curves["volume"]).any()


def test_level_and_weekend_are_as_planned():
    hourly = ordinary(Plan(days=28, level=50))
    assert hourly.mean() == pytest.approx(50 * (5 + 2 * 0.6) / 7, rel=0.01)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000))
def test_an_affair_after_quiet_weeks_is_found_within_the_hour(seed):
    spikes = find_spikes(draw(AFFAIR, seed), since=START)
    assert spikes
    assert spikes[0].at - START <= timedelta(hours=1)


@pytest.mark.parametrize("level", [10.0, 60.0, 100.0])
def test_quiet_weeks_without_history_err_less_than_once_in_ten(level):
    weeks = [find_spikes(draw(Plan(level=level), seed)) for seed in range(10)]
    assert sum(map(len, weeks)) <= 1


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10_000))
def test_wider_buckets_tell_the_same_affair(seed):
    fine = draw(replace(AFFAIR, step=timedelta(minutes=1)), seed)
    wide = {name: counts.reshape(-1, 15).sum(axis=1) for name, counts in fine.curves.items()}
    coarse = MoodSeries(fine.start, timedelta(minutes=15), wide)
    since = START - timedelta(minutes=15)
    one, other = find_spikes(fine, since=since)[0], find_spikes(coarse, since=since)[0]
    assert abs(one.at - other.at) <= timedelta(minutes=45)


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10_000))
def test_another_topic_beside_it_changes_nothing(seed):
    mine = draw(AFFAIR, seed)
    beside = MoodSeries(mine.start, mine.step, {**mine.curves, "other": np.full(len(mine), 25.0)})
    assert [s for s in find_spikes(beside) if s.mood != "other"] == find_spikes(mine)


def test_a_slow_ramp_is_found_on_its_way_up():
    plan = replace(AFFAIR, bursts=(Burst(14.4 * DAY, 400, rise=timedelta(hours=20)),))
    spikes = find_spikes(draw(plan, 3))
    assert spikes
    assert spikes[0].at - START < timedelta(hours=12)
