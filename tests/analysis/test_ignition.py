"""A story climbs the tiers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from analysis.ignition import Tier, Voicing, climbs, lift, names_of, tier

START = datetime(2026, 1, 5, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def told(*steps: tuple[int, int]) -> list[Voicing]:
    return [Voicing(n, START + at * MINUTE, Tier(t)) for n, (at, t) in enumerate(steps)]


def test_each_new_tier_is_a_step_with_its_lag():
    found = climbs(told((0, 0), (30, 1), (40, 1), (90, 3), (95, 2)), START)
    assert [(step.voicing.tier, step.lag) for step in found] == [
        (Tier.LARGE, 30 * MINUTE),
        (Tier.NEWS, 90 * MINUTE),
    ]
    assert found[1].voicing.id == 3
    assert found[1].why.key == "signals.ignition_news"


def test_a_story_that_begins_in_the_news_is_told_at_once():
    (step,) = climbs(told((0, 3), (30, 1)), START)
    assert (step.voicing.tier, step.lag) == (Tier.NEWS, timedelta(0))


def test_a_late_post_is_a_step_only_where_none_was_so_high_so_early():
    known = {Tier.NEWS: START + 60 * MINUTE}
    found = climbs(told((50, 2), (70, 1), (80, 4)), START, known)
    assert [step.voicing.tier for step in found] == [Tier.MEDIA, Tier.CENTRAL]
    assert climbs(told((40, 3)), START, known) == []


def test_lift_compares_two_hours_and_is_silent_when_thin():
    found = lift(6, 60)
    assert found is not None
    assert found.low < found.times == 60.5 / 6.5 < found.high
    assert lift(2, 2) is None


def test_tiers_from_data_and_the_teams_table():
    assert tier("person", 5_000) is Tier.ORDINARY
    assert tier(None, None) is Tier.ORDINARY
    assert tier("person", 200_000) is Tier.LARGE
    assert tier("media", 10) is Tier.MEDIA
    assert tier(None, None, ["a.example"], article=True) is Tier.NEWS
    assert tier(None, None, ["a.example"], {"a.example": 4}, article=True) is Tier.CENTRAL
    assert tier(None, None, ["新华网"], {"新华网": 0}, article=True) is Tier.ORDINARY


def test_central_media_are_known_by_name_and_by_any_of_their_hosts():
    assert tier("media", 10, names_of("新華網", None)) is Tier.CENTRAL
    page = names_of(None, "http://sports.people.com.cn/n/1")
    assert tier(None, None, page, article=True) is Tier.CENTRAL
    assert tier("person", 3, page) is Tier.ORDINARY
    assert tier(None, None, names_of("x", "https://notpeople.com.cn/"), article=True) is Tier.NEWS
    assert names_of(None, "http://[broken") == []


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 4)), max_size=30))
def test_steps_only_climb(steps):
    found = climbs(told(*steps), START)
    tiers = [step.voicing.tier for step in found]
    assert tiers == sorted(set(tiers))
    assert all(step.lag >= timedelta(0) for step in found)
