"""One affair is one alert that grows: nothing twice, nothing lost, never too often."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from alerts.rules import Affair, Kind, Pace, Snapshot, Told, decide, pack, unpack

START = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)
PACE = Pace()
STAGES = ("latent", "outbreak", "spread", "relapse", "decline")
MOODS = ("volume", "anxiety", "doubt", "hostility", "support")


class Story:
    """An affair, what was told of it, and the time."""

    def __init__(self) -> None:
        self.now = START
        state = Snapshot(1, "outbreak", frozenset({"doubt"}), START)
        self.affair = Affair(state)
        self.told: list[Told] = []

    def tick(self, **by: float) -> list[Kind]:
        """Move on by ``timedelta(**by)``, decide, and note what was told."""
        self.now += timedelta(**by)
        drafts = decide(self.affair, self.told, self.now, PACE)
        self.told += [Told(one.kind, self.now, unpack(one.state)) for one in drafts]
        return [one.kind for one in drafts]

    def is_now(self, **changes: object) -> None:
        outer = {k: v for k, v in changes.items() if k in ("closed", "acknowledged", "once")}
        inner = {k: v for k, v in changes.items() if k not in outer}
        state = replace(self.affair.state, **inner)
        self.affair = replace(self.affair, state=state, **outer)

    def spike(self, mood: str) -> None:
        self.is_now(moods=self.affair.state.moods | {mood}, through=self.now)


def opened() -> Story:
    story = Story()
    assert story.tick() == [Kind.OPENED]
    return story


def test_an_opening_is_told_at_once_and_once() -> None:
    story = opened()
    assert story.tick() == story.tick(hours=5) == story.tick(days=5) == []


def test_a_rise_in_severity_does_not_wait_and_is_told_once_a_level() -> None:
    story = opened()
    story.is_now(severity=2)
    assert story.tick(seconds=10) == [Kind.ESCALATED]
    story.is_now(severity=1)
    assert story.tick(hours=1) == []
    story.is_now(severity=2)
    assert story.tick(hours=1) == []
    story.is_now(severity=4)
    assert story.tick(seconds=1) == [Kind.ESCALATED]


def test_news_waits_for_company_and_comes_as_one() -> None:
    story = opened()
    story.spike("hostility")
    assert story.tick(minutes=1) == []
    story.spike("anxiety")
    story.is_now(stage="spread")
    assert story.tick(minutes=1) == []
    assert story.tick(minutes=3) == [Kind.UPDATE]
    assert story.told[-1].state.moods == {"doubt", "hostility", "anxiety"}
    assert story.tick(hours=10) == []


def test_more_of_the_same_is_told_every_four_hours_until_somebody_takes_it_up() -> None:
    story = opened()
    for minutes in range(10, 480, 10):
        story.spike("doubt")
        told = story.tick(minutes=10)
        assert told == ([Kind.UPDATE] if minutes % 240 == 0 else [])
    story.is_now(acknowledged=story.now)
    story.spike("doubt")
    assert story.tick(hours=9) == []
    story.spike("hostility")
    assert story.tick(minutes=1) == [Kind.UPDATE]


def test_a_stage_that_flaps_does_not_flap_in_the_mail() -> None:
    story = opened()
    story.is_now(stage="spread")
    assert story.tick(minutes=5) == [Kind.UPDATE]
    told = []
    for turn in range(24):
        story.is_now(stage=("outbreak", "spread")[turn % 2])
        told += story.tick(minutes=5)
    assert told == []


def test_a_relapse_is_told_at_once_and_once() -> None:
    story = opened()
    story.is_now(stage="decline")
    assert story.tick(minutes=10) == [Kind.UPDATE]
    story.is_now(stage="relapse")
    assert story.tick(minutes=1) == [Kind.RELAPSE]
    assert story.tick(hours=20) == []
    story.is_now(stage="decline")
    assert story.tick(hours=5) == [Kind.UPDATE]
    story.is_now(stage="relapse")
    assert story.tick(minutes=1) == [Kind.RELAPSE]


def test_calm_is_told_once_and_a_return_opens_it_again() -> None:
    story = opened()
    story.is_now(closed=True)
    assert story.tick(minutes=4) == []
    assert story.tick(minutes=1) == [Kind.CLOSED]
    assert story.tick(days=1) == []
    story.is_now(closed=False, stage="relapse", severity=2)
    assert story.tick(seconds=1) == [Kind.REOPENED]
    assert story.tick(days=1) == []
    story.is_now(severity=3)
    assert story.tick() == [Kind.ESCALATED]
    story.is_now(closed=True)
    assert story.tick(days=1) == [Kind.CLOSED]


def test_relapses_in_quick_succession_are_one() -> None:
    story = opened()
    told = []
    for turn in range(20):
        story.is_now(stage=("decline", "relapse")[turn % 2])
        told += story.tick(minutes=10)
    assert told == [Kind.UPDATE, Kind.RELAPSE]
    story.is_now(stage="decline")
    story.spike("hostility")
    assert story.tick(minutes=1) == [Kind.UPDATE]
    story.is_now(stage="relapse")
    assert story.tick(minutes=10) == []
    assert story.tick(hours=1) == [Kind.RELAPSE]


def test_what_was_told_before_the_calm_is_news_after_it() -> None:
    story = opened()
    story.is_now(severity=3)
    assert story.tick() == [Kind.ESCALATED]
    story.is_now(closed=True)
    assert story.tick(hours=9) == [Kind.CLOSED]
    story.is_now(closed=False, severity=2)
    assert story.tick(hours=9) == [Kind.REOPENED]
    story.is_now(severity=3)
    assert story.tick() == [Kind.ESCALATED]


def test_a_closing_that_did_not_last_is_not_told() -> None:
    story = opened()
    story.is_now(closed=True)
    assert story.tick(minutes=2) == []
    story.is_now(closed=False)
    assert story.tick(hours=1) == []


def test_an_affair_over_before_anyone_looked_is_still_told() -> None:
    story = Story()
    story.is_now(closed=True)
    assert story.tick() == [Kind.OPENED]
    assert story.tick(minutes=5) == [Kind.CLOSED]


def test_the_sentence_names_the_news() -> None:
    story = opened()
    story.spike("hostility")
    story.now += timedelta(minutes=6)
    (draft,) = decide(story.affair, story.told, story.now)
    assert draft.key == "alerts.told_update_moods"
    assert draft.values["moods"] == ["hostility"]
    assert not draft.urgent
    story.is_now(severity=3)
    (draft,) = decide(story.affair, story.told, story.now)
    assert (draft.values["before"], draft.values["level"]) == (1, 3)
    assert draft.urgent


def test_a_clock_set_back_a_little_silences_nothing_for_long() -> None:
    story = opened()
    story.spike("hostility")
    story.now -= timedelta(minutes=2)
    assert story.tick() == []
    assert story.tick(minutes=8) == [Kind.UPDATE]


EVENT = st.one_of(
    st.tuples(st.just("severity"), st.integers(1, 4)),
    st.tuples(st.just("stage"), st.sampled_from(STAGES)),
    st.tuples(st.just("spike"), st.sampled_from(MOODS)),
    st.tuples(st.just("closed"), st.booleans()),
    st.tuples(st.just("acknowledged"), st.none()),
    st.tuples(st.just("pass"), st.none()),
)


def play(story: Story, events: list[tuple[tuple[str, object], float]]) -> None:
    for (name, value), minutes in events:
        if name == "spike":
            story.spike(str(value))
        elif name == "acknowledged":
            story.is_now(acknowledged=story.now)
        elif name != "pass":
            story.is_now(**{name: value})
        assert len(story.tick(minutes=minutes)) <= 1
        assert story.tick() == [], "a repeated run tells nothing"


EVENTS = st.lists(st.tuples(EVENT, st.floats(0, 600)), max_size=60)


@given(EVENTS)
def test_no_sequence_tells_a_thing_twice_or_loses_an_opening(events) -> None:
    story = Story()
    story.tick()
    play(story, events)
    kinds = [one.kind for one in story.told]
    assert kinds[0] is Kind.OPENED
    assert kinds.count(Kind.OPENED) == 1
    bounds = [kind for kind in kinds if kind in (Kind.CLOSED, Kind.REOPENED)]
    assert all(kind is (Kind.CLOSED, Kind.REOPENED)[n % 2] for n, kind in enumerate(bounds))
    levels: set[int] = set()
    for one in story.told:
        if one.kind in (Kind.OPENED, Kind.REOPENED):
            levels = set()
        if one.kind is Kind.ESCALATED:
            assert one.state.severity > max(levels)
        levels.add(one.state.severity)


@given(EVENTS)
def test_what_is_not_urgent_keeps_its_distance(events) -> None:
    story = Story()
    story.tick()
    play(story, events)
    for before, one in pairwise(story.told):
        gap = one.at - before.at
        if one.kind in (Kind.UPDATE, Kind.CLOSED):
            assert gap >= PACE.group
    relapses = [one.at for one in story.told if one.kind is Kind.RELAPSE]
    closings = [one.at for one in story.told if one.kind is Kind.REOPENED]
    for first, second in pairwise(relapses):
        assert second - first >= PACE.repeat or any(first <= at <= second for at in closings)


@given(EVENTS)
def test_in_the_end_everything_was_told(events) -> None:
    story = Story()
    story.tick()
    play(story, events)
    story.is_now(acknowledged=None)
    for _ in range(3):
        story.tick(hours=5)
    last, kinds = story.told[-1], [one.kind for one in story.told]
    assert (kinds[-1] is Kind.CLOSED) == story.affair.closed
    if not story.affair.closed:
        assert last.state.stage == story.affair.state.stage
        assert max(one.state.severity for one in story.told) >= story.affair.state.severity
        told = frozenset().union(*(one.state.moods for one in story.told))
        assert story.affair.state.moods <= told
        assert last.state.through == story.affair.state.through


@given(st.integers(1, 4), st.sampled_from(STAGES), st.frozensets(st.sampled_from(MOODS)))
def test_a_snapshot_survives_the_database(severity: int, stage: str, moods: frozenset[str]) -> None:
    snapshot = Snapshot(severity, stage, moods, START)
    assert unpack(pack(snapshot)) == snapshot
