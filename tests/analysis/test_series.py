"""Counts on a grid."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from analysis.series import MoodSeries, NaiveTimeError, Series, from_rows, mood_series

START = datetime(2026, 1, 5, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_rows_of_one_bucket_add_up_in_any_order():
    at = START.timestamp()
    series = from_rows(
        [(at + 61, 2), (at + 5, 1), (at + 119, 3)], START, START + 3 * MINUTE, MINUTE
    )
    assert series.counts.tolist() == [1, 5, 0]


def test_rows_outside_are_left_out():
    at = START.timestamp()
    series = from_rows([(at - 1, 9), (at + 600, 9)], START, START + 2 * MINUTE, MINUTE)
    assert series.counts.tolist() == [0, 0]


def test_blind_stretch_is_unknown_not_zero():
    blind = [(START + timedelta(seconds=90), START + timedelta(seconds=150))]
    series = from_rows([], START, START + 4 * MINUTE, MINUTE, blind)
    assert np.isnan(series.counts).tolist() == [False, True, True, False]


def test_naive_start_is_refused():
    with pytest.raises(NaiveTimeError):
        Series(datetime(2026, 1, 5), MINUTE, np.zeros(3))  # noqa: DTZ001


def test_unequal_curves_are_refused():
    with pytest.raises(ValueError, match="equally long"):
        MoodSeries(START, MINUTE, {"volume": np.zeros(3), "doubt": np.zeros(2)})


def test_a_curve_never_counted_is_zero():
    series = mood_series({"volume": [(START.timestamp(), 4)]}, START, START + MINUTE, MINUTE)
    assert series.curve("doubt").counts.tolist() == [0]


def test_until_drops_the_bucket_still_running():
    series = MoodSeries(START, MINUTE, {"volume": np.arange(5.0)})
    assert len(series.until(START + timedelta(seconds=150))) == 2
    assert len(series.until(START - MINUTE)) == 0


def test_total_counts_buckets_that_start_inside():
    series = Series(START, MINUTE, np.arange(6.0))
    assert series.total(START + MINUTE, START + 3 * MINUTE) == 3
    assert series.total() == 15
