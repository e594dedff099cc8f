"""The expected range that is drawn behind a curve."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analysis.band import band
from analysis.rarity import quantile
from analysis.series import Series

START = datetime(2026, 1, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)


def quiet(level: float = 40.0, days: int = 21, seed: int = 0) -> Series:
    rng = np.random.default_rng(seed)
    hours = np.arange(days * 24)
    heat = level * np.exp(0.8 * np.sin(2 * np.pi * hours / 24)) * rng.gamma(20, 1 / 20, len(hours))
    return Series(START, HOUR, rng.poisson(heat).astype(float))


def test_about_95_of_100_quiet_hours_lie_within():
    series = quiet()
    found = band(series, "volume", START, HOUR, len(series))
    late = slice(14 * 24, None)
    inside = (series.counts >= found.low) & (series.counts <= found.high)
    assert 0.9 <= inside[late].mean() <= 0.995
    # The range follows the rhythm of the day: it is no flat line.
    assert found.high[late].max() > 2 * found.high[late].min()


def test_an_affair_does_not_raise_its_own_range():
    series = quiet()
    loud = series.counts.copy()
    loud[-3:] *= 30
    found = band(Series(START, HOUR, loud), "volume", START, HOUR, len(series))
    calm = band(series, "volume", START, HOUR, len(series))
    assert np.array_equal(found.high[:-2], calm.high[:-2], equal_nan=True)
    assert loud[-1] > 3 * found.high[-1]


def test_before_the_records_nothing_is_expected_and_the_first_hour_of_volume_neither():
    series = quiet(days=2)
    found = band(series, "volume", START - 3 * HOUR, HOUR, 6)
    assert np.isnan(found.high[:4]).all()
    assert np.isfinite(found.high[4:]).all()
    assert np.isnan(band(Series(START, HOUR, np.zeros(0)), "doubt", START, HOUR, 3).low).all()


@given(st.sampled_from([60, 300, 1_800, 3_600, 21_600]), st.integers(0, 300))
def test_any_bucket_has_a_range_of_its_own_width(step, late):
    series = quiet(days=16)
    step = timedelta(seconds=step)
    size = max(1, timedelta(days=1) // step // 4)
    found = band(series, "volume", START + timedelta(days=14, minutes=late), step, size)
    assert len(found.low) == len(found.high) == size
    known = np.isfinite(found.high)
    assert known.any()
    assert (found.low[known] <= found.high[known]).all()


def test_the_ends_are_those_of_the_negative_binomial():
    series = Series(START, HOUR, np.full(24 * 15, 30.0))
    found = band(series, "volume", START + timedelta(days=14), HOUR, 1)
    near = [quantile(0.975, 30.0, spread) for spread in (0.01, 0.05)]
    assert near[0] <= found.high[0] <= near[1]
