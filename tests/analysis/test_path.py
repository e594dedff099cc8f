"""The course of the moods."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from analysis.path import path
from analysis.series import MoodSeries

START = datetime(2026, 1, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)


def series(hostile: np.ndarray, others: float = 60.0) -> MoodSeries:
    rng = np.random.default_rng(2)
    size = len(hostile)
    return MoodSeries(
        START,
        HOUR,
        {
            "anxiety": rng.poisson(others * 0.5, size).astype(float),
            "doubt": rng.poisson(others, size).astype(float),
            "hostility": rng.poisson(hostile).astype(float),
        },
    )


def test_growing_hostility_is_forecast_with_an_interval():
    held = series(11 * np.exp(0.15 * np.arange(12)))
    found = path(held, held.end)
    assert found.leader == "doubt"
    assert found.leads_at is not None
    assert found.earliest <= found.leads_at
    assert found.latest is None or found.leads_at <= found.latest
    assert timedelta(0) <= found.leads_at - held.end < timedelta(hours=6)


def test_level_hostility_is_not_forecast():
    held = series(np.full(12, 10.0))
    found = path(held, held.end)
    assert found.why.key == "signals.path_holds"
    assert 0 < found.low < found.chance < found.high < 0.5


def test_hostility_that_leads_is_said():
    held = series(np.full(12, 300.0))
    found = path(held, held.end)
    assert found.leader == "hostility"
    assert found.leads_at is None
    assert found.chance is None


def test_thin_data_stay_silent():
    held = series(np.zeros(12), others=1.0)
    found = path(held, held.end)
    assert found.leader is None
    assert found.why.key == "signals.path_thin"
    assert path(MoodSeries(START, HOUR, {}), START).leader is None
