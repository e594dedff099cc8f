"""A story climbs the tiers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from analysis.ignition import Tier, Voicing, climbs, tier

START = datetime(2026, 1, 5, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def told(*steps: tuple[int, int]) -> list[Voicing]:
    return [Voicing(str(n), START + at * MINUTE, Tier(t)) for n, (at, t) in enumerate(steps)]


def test_each_new_tier_is_a_step_with_its_lag():
    found = climbs(told((0, 0), (30, 1), (40, 1), (90, 3), (95, 2)), START + timedelta(days=1))
    assert [(step.tier, step.lag) for step in found] == [
        (Tier.LARGE, 30 * MINUTE),
        (Tier.NEWS, 90 * MINUTE),
    ]
    assert found[1].id == "3"
    assert found[1].why.key == "signals.ignition_news"


def test_lift_compares_two_hours_and_waits_for_them():
    story = told(*[(n * 20, 0) for n in range(6)], (120, 2), *[(121 + n, 0) for n in range(60)])
    (step,) = climbs(story, START + timedelta(hours=5))
    assert step.lift is not None
    assert step.low < 60.5 / 6.5 < step.high
    assert climbs(story, START + timedelta(hours=3))[0].lift is None


def test_tiers_from_data_and_the_teams_table():
    assert tier("person", 5_000) is Tier.ORDINARY
    assert tier(None, None) is Tier.ORDINARY
    assert tier("person", 200_000) is Tier.LARGE
    assert tier("media", 10) is Tier.MEDIA
    assert tier(None, None, "a.example", article=True) is Tier.NEWS
    assert tier(None, None, "a.example", {"a.example": 4}, article=True) is Tier.CENTRAL


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 4)), max_size=30))
def test_steps_only_climb(steps):
    found = climbs(told(*steps), START + timedelta(days=2))
    tiers = [step.tier for step in found]
    assert tiers == sorted(set(tiers))
    assert all(step.lag >= timedelta(0) for step in found)
