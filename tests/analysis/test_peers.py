"""Rules side by side, held against the true start."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from analysis.peers import DAY, PER, RULES, STEP, apart, place_of, record
from analysis.series import MoodSeries

START = datetime(2026, 1, 4, 16, tzinfo=UTC)


def series(*hourly: int) -> MoodSeries:
    return MoodSeries(START, STEP, {"volume": np.repeat(np.array(hourly, float) / PER, PER)})


AFFAIR = series(*[6] * 72, 120, 300, 200, *[60] * 20, *[6] * 48)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_tells_of_a_plain_affair_and_only_of_it(rule: str) -> None:
    found = record(AFFAIR, RULES[rule](AFFAIR))
    assert (found.starts, found.missed, found.false) == (1, 0, 0)
    assert found.delay is not None
    assert found.delay < 3


@pytest.mark.parametrize("rule", RULES)
def test_no_rule_minds_a_short_or_empty_stream(rule: str) -> None:
    for short in (series(), series(3), MoodSeries(START, STEP, {"volume": np.ones(2)})):
        assert RULES[rule](short) == []
        assert record(short, []).starts == 0


def test_what_is_outside_every_affair_is_false_and_counted_by_the_week() -> None:
    found = record(AFFAIR, [10, 72 * PER + 3])
    assert (found.missed, found.false, found.alarms) == (0, 1, 2)
    assert found.false_a_week == pytest.approx(1 / found.weeks)


def test_alarms_are_a_day_apart_and_belong_to_the_last_complete_bucket() -> None:
    assert apart([5, 3, 3 + DAY, 4 + DAY]) == [3, 3 + DAY]
    assert place_of(AFFAIR, START + 3 * STEP) == 2
