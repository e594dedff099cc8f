from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chengqing.demo.company import company
from chengqing.demo.posts import Counts, Script, load
from chengqing.demo.world import UNREAD, World, fill, grown

START = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
At = Callable[[float], datetime]

_SCRIPT = load()
#: A world of five hundred posts is walked for each example.
_few = settings(max_examples=25, deadline=None)
_HOURS = st.floats(min_value=-60, max_value=40, allow_nan=False)


def _world() -> World:
    return World(_SCRIPT, START, company(START).words)


@_few
@given(_HOURS, _HOURS)
def test_nothing_of_the_future_is_visible(hours: float, spoken: float) -> None:
    world = _world()
    world.statement_published(START + timedelta(hours=spoken))
    now = START + timedelta(hours=hours)
    for shown in world.visible(now):
        assert shown.published <= now
        assert shown.edited is None or shown.published <= shown.edited <= now


@_few
@given(_HOURS, _HOURS)
def test_what_was_visible_stays(first: float, second: float) -> None:
    world = _world()
    early, late = sorted((first, second))
    before = {each.post.number for each in world.visible(START + timedelta(hours=early))}
    after = {each.post.number for each in world.visible(START + timedelta(hours=late))}
    assert before <= after


@_few
@given(_HOURS, _HOURS)
def test_a_statement_takes_nothing_back(spoken: float, later: float) -> None:
    world = _world()
    at = START + timedelta(hours=spoken)
    before = {each.post.number for each in world.visible(at)}
    world.statement_published(at)
    after = {each.post.number for each in world.visible(at + timedelta(hours=abs(later)))}
    assert before <= after


@_few
@given(_HOURS)
def test_whatever_is_answered_is_there(hours: float) -> None:
    world = _world()
    world.statement_published(START + timedelta(hours=3))
    shown = world.visible(START + timedelta(hours=hours))
    numbers = {each.post.number for each in shown}
    for each in shown:
        assert each.post.parent is None or each.post.parent in numbers
        assert each.post.repost_of is None or each.post.repost_of in numbers


def test_two_worlds_agree(at: At, world: World) -> None:
    assert world.visible(at(5)) == _world().visible(at(5))


def test_zone_of_the_clock_does_not_matter(at: At, world: World) -> None:
    there = at(5).astimezone(timezone(timedelta(hours=8)))
    assert world.visible(there) == world.visible(at(5))


def test_history_is_there_at_the_start(at: At, world: World) -> None:
    assert len(world.visible(at(0))) >= 40
    assert {each.post.phase for each in world.visible(at(0))} == {"baseline"}


def test_the_surge_lies_between_the_first_and_the_fifth_hour(at: At, world: World) -> None:
    hourly = [len(world.visible(at(h + 1))) - len(world.visible(at(h))) for h in range(9)]
    assert max(hourly) == max(hourly[1:5])
    assert sum(hourly[1:5]) > 0.6 * sum(hourly)


def test_moods_follow_each_other(at: At, world: World) -> None:
    leading = []
    for hour in range(5):
        phases = [e.post.phase for e in world.visible(at(hour + 1)) if e.published > at(hour)]
        leading.append(max(set(phases), key=phases.count))
    assert leading == ["question", "anxiety", "doubt", "anger", "anger"]


def test_without_a_statement_the_anger_goes_on(at: At, world: World) -> None:
    late = [each.post.phase for each in world.visible(at(23)) if each.published > at(8)]
    assert len(late) >= 15
    assert set(late) == {"anger"}
    assert not [each for each in world.visible(at(90)) if each.post.phase == "turn"]


def test_after_a_statement_most_turn(at: At, world: World) -> None:
    world.statement_published(at(4))
    reactions = [e.post for e in world.visible(at(8)) if e.published > at(4) + UNREAD]
    turned = [post for post in reactions if post.phase == "turn"]
    assert len(turned) >= 60
    assert len(turned) > 0.85 * len(reactions)


def test_no_reaction_before_the_statement(at: At, world: World) -> None:
    world.statement_published(at(4))
    for each in world.visible(at(9)):
        if each.post.phase == "turn":
            assert each.published > at(4)


def test_only_the_first_statement_counts(at: At, world: World) -> None:
    world.statement_published(at(4))
    world.statement_published(at(6), "another")
    assert world.statement is not None
    assert world.statement.at == at(4)
    assert world.statement.answered is None


def test_a_statement_that_answers_is_met_otherwise_than_one_that_does_not(at: At) -> None:
    full, empty, one = _world(), _world(), _world()
    facts = company(START).facts
    full.statement_published(at(4), "。".join(fact.statement for fact in facts))
    empty.statement_published(at(4), "我们高度重视，正在了解情况。")
    one.statement_published(at(4), next(f.statement for f in facts if f.key == "return"))
    assert full.statement is not None
    assert one.statement is not None
    assert full.statement.answered == set(company(START).words)
    assert one.statement.answered == {"return"}
    met, missed = (
        {each.post.lacks for each in world.visible(at(9)) if each.post.lacks}
        for world in (full, empty)
    )
    assert met == set()
    assert missed == set(company(START).words)


@pytest.mark.parametrize("naive", [datetime(2026, 11, 27, 9, 0)])  # noqa: DTZ001
def test_naive_times_are_refused(script: Script, world: World, naive: datetime) -> None:
    with pytest.raises(ValueError, match="zone"):
        World(script, naive)
    with pytest.raises(ValueError, match="zone"):
        world.visible(naive)
    with pytest.raises(ValueError, match="zone"):
        world.statement_published(naive)


@given(st.integers(0, 10**6), st.floats(0, 10**6), st.floats(0, 10**6))
def test_counts_only_grow(final: int, first: float, second: float) -> None:
    early, late = sorted((first, second))
    counts = Counts(final, final, final)
    before = grown(counts, timedelta(minutes=early)).likes
    assert 0 <= before <= grown(counts, timedelta(minutes=late)).likes <= final


def test_days_are_put_in() -> None:
    assert fill("[d0]、[d-9]、[d+4]", START) == "11月27日、11月18日、12月1日"
    assert fill("[t+2:05] 和 [怒]", START) == "11月27日11时05分 和 [怒]"


def test_no_mark_is_left(at: At, world: World) -> None:
    world.statement_published(at(4))
    for each in world.visible(at(30)):
        assert "[d" not in each.text
        assert "[t" not in each.text
