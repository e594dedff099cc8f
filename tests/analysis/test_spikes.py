"""Spikes: what must alarm, what must stay calm."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.series import MoodSeries, Series
from analysis.spikes import find_spikes, judge, score_points

START = datetime(2026, 1, 5, tzinfo=UTC)


def rhythm(times: np.ndarray) -> np.ndarray:
    """Return an ordinary day: six times as much at noon as at four, less at the weekend."""
    day = np.exp(0.9 * np.sin(2 * np.pi * (times / 86_400 - 0.4)))
    return day * np.where((times // 86_400 + 3) % 7 >= 5, 0.6, 1.0)


def quiet(step: float, days: float, hourly: float, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    times = START.timestamp() + np.arange(round(days * 86_400 / step)) * step
    return rng.poisson(hourly * step / 3_600 * rhythm(times)).astype(float)


def moods(counts: np.ndarray, step: float, name: str = "doubt") -> MoodSeries:
    return MoodSeries(
        START, timedelta(seconds=step), {"volume": np.full(len(counts), np.nan), name: counts}
    )


@pytest.mark.parametrize("step", [60, 300, 3_600])
@pytest.mark.parametrize("hourly", [0.5, 20, 600])
def test_a_quiet_month_stays_calm(step, hourly):
    series = Series(START, timedelta(seconds=step), quiet(step, 28, hourly))
    assert judge(series).spikes.sum() == 0


@pytest.mark.parametrize("step", [60, 300, 3_600])
def test_a_burst_after_a_quiet_week_alarms_within_the_hour(step):
    counts = quiet(step, 8, 20)
    at = round(7.5 * 86_400 / step)
    counts[at : at + max(1, round(3_600 / step))] += round(400 * step / 3_600)
    spikes = find_spikes(moods(counts, step))
    assert len(spikes) == 1
    assert spikes[0].at - (START + timedelta(days=7.5)) <= timedelta(hours=1)
    assert spikes[0].observed > spikes[0].high > spikes[0].expected > spikes[0].low
    assert spikes[0].score >= 0.5
    assert spikes[0].rarity < 1e-4


@pytest.mark.parametrize("step", [60, 300, 3_600, 86_400])
def test_nothing_to_nothing_and_one_to_four_stay_calm(step):
    counts = np.zeros(400)
    assert not find_spikes(moods(counts, step))
    counts[[50, 120, 121, 300]] = [1, 1, 4, 4]
    assert not find_spikes(moods(counts, step))


def test_one_affair_is_one_spike_a_day_unless_it_doubles():
    counts = quiet(300, 9, 20)
    counts[8 * 288 : 8 * 288 + 72] += 40
    calm = find_spikes(moods(counts, 300))
    counts[8 * 288 + 36 : 8 * 288 + 72] += 400
    worse = find_spikes(moods(counts, 300))
    assert len(calm) == 1
    assert 2 <= len(worse) <= 3
    assert worse[0] == calm[0]


def test_a_blind_source_is_neither_calm_nor_spike():
    counts = quiet(300, 10, 60)
    blinded = counts.copy()
    blinded[2_000:2_300] = np.nan
    verdicts = judge(Series(START, timedelta(minutes=5), blinded))
    assert not verdicts.spikes.any()
    assert np.isnan(verdicts.rarity[2_000:2_300]).all()
    assert verdicts.expected[2_310] > 0.3 * judge(
        Series(START, timedelta(minutes=5), counts)
    ).expected[2_310]  # fmt: skip


def test_the_first_hour_of_an_affair_alarms_by_its_moods():
    volume, anger = np.full(24, 12.0), np.full(24, 5.0)
    series = MoodSeries(START, timedelta(minutes=5), {"volume": volume, "hostility": anger})
    spikes = find_spikes(series)
    assert [spike.mood for spike in spikes] == ["hostility"]
    assert spikes[0].at - START <= timedelta(minutes=30)
    assert spikes[0].why.key == "signals.spike_first"


def test_the_first_hour_of_a_busy_but_calm_brand_stays_calm():
    volume = quiet(300, 2, 100, seed=3)
    rng = np.random.default_rng(5)
    curves = {"volume": volume} | {
        mood: rng.binomial(volume.astype(int), 0.07).astype(float)
        for mood in ("anxiety", "doubt", "hostility", "support")
    }
    assert not find_spikes(MoodSeries(START, timedelta(minutes=5), curves))


def test_since_hides_what_was_told():
    counts = quiet(300, 8, 20)
    counts[7 * 288 :] += 60
    spikes = find_spikes(moods(counts, 300))
    assert spikes
    later = spikes[0].at + timedelta(minutes=5)
    assert spikes[0] not in find_spikes(moods(counts, 300), since=later)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([60.0, 300.0, 3_600.0, 700.0]))
def test_a_verdict_uses_no_later_bucket(seed, step):
    rng = np.random.default_rng(seed)
    counts = rng.poisson(rng.gamma(0.5, 10, 600)).astype(float)
    counts[rng.random(600) < 0.02] = np.nan
    cut = int(rng.integers(1, 600))
    whole = judge(Series(START, timedelta(seconds=step), counts), prior=5.0)
    part = judge(Series(START, timedelta(seconds=step), counts[:cut]), prior=5.0)
    np.testing.assert_allclose(whole.score[:cut], part.score, atol=1e-9)
    assert (whole.spikes[:cut] == part.spikes).all()


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.one_of(st.floats(allow_nan=True, allow_infinity=True), st.integers(0, 10**7)),
        max_size=60,
    ),
    st.floats(0.5, 90_000),
)
def test_any_values_give_scores_in_range(values, step):
    times = 1.7e9 + step * np.arange(len(values))
    scores, spikes = score_points(times, np.array(values, float))
    assert len(scores) == len(values)
    assert ((scores >= 0) & (scores <= 1)).all()
    assert ((scores >= 0.5) == spikes).all()


def test_rows_come_back_in_the_order_they_came():
    counts = quiet(300, 8, 20)
    counts[2_200] += 300
    times = START.timestamp() + 300 * np.arange(len(counts))
    scores, spikes = score_points(times, counts)
    order = np.random.default_rng(1).permutation(len(counts))
    mixed, mixed_spikes = score_points(times[order], counts[order])
    np.testing.assert_allclose(mixed, scores[order], atol=1e-9)
    assert spikes[2_200]
    assert (mixed_spikes == spikes[order]).all()


def test_shifting_by_whole_weeks_changes_nothing():
    counts = quiet(3_600, 40, 20)
    counts[700:705] += 200
    week = timedelta(days=7)
    one = judge(Series(START, timedelta(hours=1), counts))
    other = judge(Series(START + 4 * week, timedelta(hours=1), counts))
    np.testing.assert_allclose(one.score, other.score, atol=1e-9)


def test_rarity_is_calibrated_on_quiet_data():
    rarities = []
    for seed in range(6):
        series = Series(START, timedelta(minutes=5), quiet(300, 28, 40, seed))
        rarities.append(judge(series).rarity[14 * 288 :])
    held = np.concatenate(rarities)
    for level in (0.1, 0.01):
        assert level / 3 <= (held <= level).mean() <= level * 1.5
    assert (held <= 0.001).mean() <= 0.003


def test_an_empty_series_has_no_spikes():
    assert find_spikes(MoodSeries(START, timedelta(minutes=1), {"volume": np.zeros(0)})) == []
    assert score_points([], [])[0].tolist() == []


def test_a_bucket_of_a_million_is_told_and_becomes_no_usual():
    counts = quiet(300, 14, 40)
    counts[9 * 288] = 1e6
    counts[12 * 288] += 300
    spikes = find_spikes(MoodSeries(START, timedelta(minutes=5), {"volume": counts}))
    assert [spike.at - START for spike in spikes] == [timedelta(days=9), timedelta(days=12)]
    assert spikes[0].observed >= 1e6
    assert np.isfinite([spikes[0].score, spikes[0].rarity, spikes[0].high]).all()
