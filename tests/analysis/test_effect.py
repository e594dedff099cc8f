"""What a release did, or that nothing can be shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from alerts.words import sentence
from analysis.effect import effect
from analysis.series import Series

START = datetime(2026, 1, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
RELEASED = START + timedelta(days=10)


def curve(after: float, seed: int = 0, level: float = 40.0) -> Series:
    rng = np.random.default_rng(seed)
    hours = np.arange(12 * 24)
    day = np.exp(0.8 * np.sin(2 * np.pi * hours / 24))
    heat = level * day * np.where(hours >= 240, after, 1.0) * rng.gamma(20, 1 / 20, len(hours))
    return Series(START, HOUR, rng.poisson(heat).astype(float))


def test_a_halved_curve_is_shown_as_less():
    found = effect(curve(0.4), RELEASED, curve(1.0, seed=1))
    assert found.shown
    assert found.change == pytest.approx(-0.6, abs=0.15)
    assert found.low < found.expected < found.high
    assert found.why.key == "signals.effect_less"


def test_no_effect_is_said_as_such_and_seldom_otherwise():
    shown = [effect(curve(1.0, seed), RELEASED, curve(1.0, seed + 100)).shown for seed in range(40)]
    assert sum(shown) <= 4


def test_a_few_mentions_beyond_the_range_are_no_finding():
    counts = np.zeros(12 * 24)
    counts[np.arange(12) * 24 + 3] = [22, 18, 34, 22, 13, 27, 57, 43, 11, 40, 0, 0]
    found = effect(Series(START, HOUR, counts), RELEASED)
    assert found.after < found.low < 10
    assert not found.shown
    assert found.why.key == "signals.effect_close"


def test_a_fall_that_the_control_shares_is_no_effect():
    found = effect(curve(0.4), RELEASED, curve(0.4, seed=1))
    assert not found.shown
    assert found.why.key == "signals.effect_none"


def test_few_mentions_and_a_young_release_say_nothing():
    few = effect(curve(0.4, level=0.1), RELEASED)
    assert few.why.key == "signals.effect_few"
    single = np.zeros(12 * 24)
    single[239:242] = 1
    found = effect(Series(START, HOUR, single), RELEASED).why
    assert "（之前 1 条，之后 2 条）" in sentence({"key": found.key, "values": found.values})
    early = effect(curve(0.4), START + timedelta(days=11, hours=20))
    assert early.why.key == "signals.effect_early"
    assert not early.shown


def test_control_on_another_grid_is_refused():
    with pytest.raises(ValueError, match="one grid"):
        effect(curve(1.0), RELEASED, Series(START, 2 * HOUR, np.zeros(5)))
