"""The stages of an affair, without flapping."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.series import MoodSeries
from analysis.spikes import Spike, find_spikes
from analysis.stage import Stage, StageState, advance

START = datetime(2026, 1, 4, 16, tzinfo=UTC)  # midnight in Shanghai
STEP = timedelta(minutes=10)
HOUR = timedelta(hours=1)


def series(hourly: list[float]) -> MoodSeries:
    counts = np.repeat(np.array(hourly) / 6, 6)
    return MoodSeries(START, STEP, {"volume": counts, "doubt": counts * 0.4})


def walk(held: MoodSeries, spikes: list[Spike], lost: float = 0.0) -> list[StageState]:
    states: list[StageState] = []
    now = spikes[0].at + STEP
    while now <= held.end:
        state = advance(states[-1] if states else None, held, spikes, now, lost=lost)
        if not states or state != states[-1]:
            states.append(state)
        now += STEP
    return states


def affair(again: bool = False) -> MoodSeries:
    """Return two quiet days, ten hours of affair from Tuesday noon on, a fall, and more."""
    burst = [40, 120, 300, 400, 380, 250, 200, 180, 150, 100, 60, 40, 10, 8]
    tail = [4.0] * 12 + ([80, 250, 200, 60, 20] if again else [4.0] * 5) + [4.0] * 24
    return series([4.0] * 60 + [float(n) for n in burst] + tail)


def test_an_affair_breaks_out_spreads_and_declines():
    held = affair()
    states = walk(held, find_spikes(held))
    stages = [state.stage for state in states if state.stage is not Stage.LATENT]
    assert stages == [Stage.OUTBREAK, Stage.SPREAD, Stage.DECLINE]
    assert all(state.why.key.startswith("signals.stage_") for state in states)


def test_a_second_wave_is_a_relapse_and_ends():
    held = affair(again=True)
    states = walk(held, find_spikes(held))
    assert [state.stage for state in states][-2:] == [Stage.RELAPSE, Stage.DECLINE]


def test_people_are_told_what_was_counted_not_what_was_weighed():
    held = affair()
    states = {state.stage: state.why.values for state in walk(held, find_spikes(held))}
    assert 375 <= states[Stage.SPREAD]["peak"] <= 400
    now = held.start + 76 * HOUR
    assert advance(None, held, find_spikes(held.until(now)), now).why.values["now"] == 4


def test_a_night_is_not_an_end():
    day = [10, 6, 4, 3, 2, 3, 5, 8, 11, 13, 14, 14, 14, 14, 13, 13, 13, 13, 13, 13, 15, 17, 17, 15]
    held = series([0.5] * 36 + [60.0 * d / 10 for d in day[12:] + day + day[:12]])
    states = walk(held, find_spikes(held))
    assert Stage.DECLINE not in {state.stage for state in states}


def test_a_fall_by_deletion_is_not_called_calm():
    held = affair()
    states = walk(held, find_spikes(held), lost=0.4)
    assert Stage.DECLINE not in {state.stage for state in states}


def test_a_blind_source_changes_nothing():
    held = affair()
    spikes = find_spikes(held)
    volume = held.curves["volume"].copy()
    volume[-6 * 40 :] = np.nan
    blind = MoodSeries(START, STEP, {"volume": volume})
    state = StageState(Stage.SPREAD, spikes[0].at, spikes[0].why)
    assert advance(state, blind, spikes, held.end) is state


def test_an_affair_without_curves_is_latent():
    empty = MoodSeries(START, STEP, {"volume": np.zeros(0)})
    assert advance(None, empty, [], START).stage is Stage.LATENT


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0, 2_000), min_size=30, max_size=60))
def test_stages_never_flap_within_three_hours(hourly):
    held = series([1.0] * 30 + hourly)
    spikes = find_spikes(held)
    if not spikes:
        return
    states = walk(held, spikes)
    for before, after in pairwise(states):
        worse = after.stage in (Stage.RELAPSE, Stage.OUTBREAK)
        assert worse or after.at - before.at >= 3 * HOUR
