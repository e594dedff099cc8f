"""What is worth one alert in an incident's life."""

from __future__ import annotations

from datetime import timedelta

from alerts.rules import Kind, decide, unpack
from tests.alerts.test_rules import opened

NEWS = {"key": "signals.ignition_news", "values": {"lag": 40, "outlet": "a.example"}}
COURSE = {"key": "alerts.told_course", "values": {"chance": 80, "low": 60, "high": 90}}


def test_the_first_news_outlet_and_the_course_are_told_once_and_apart() -> None:
    story = opened()
    story.is_now(once={Kind.IGNITED: NEWS, Kind.COURSE: COURSE})
    assert story.tick(minutes=1) == []  # it waits for company, as all news
    assert story.tick(minutes=5) == [Kind.IGNITED]
    assert story.tick(minutes=1) == []
    assert story.tick(minutes=5) == [Kind.COURSE]
    for hours in (1, 5, 24):
        assert not {Kind.IGNITED, Kind.COURSE} & set(story.tick(hours=hours))
    story.is_now(closed=True)
    assert story.tick(hours=1) == [Kind.CLOSED]
    story.is_now(closed=False)
    assert story.tick(hours=1) == [Kind.REOPENED]
    assert story.tick(hours=1) == []


def test_what_is_urgent_comes_before_what_is_told_once() -> None:
    story = opened()
    story.is_now(once={Kind.IGNITED: NEWS}, severity=3)
    assert story.tick(minutes=6) == [Kind.ESCALATED]
    assert story.tick(minutes=6) == [Kind.IGNITED]
    draft = decide(story.affair, story.told[:1], story.now + timedelta(hours=1))[0]
    assert draft.kind is Kind.ESCALATED


def test_an_alert_told_once_says_its_own_sentence_and_the_standing() -> None:
    story = opened()
    story.is_now(once={Kind.IGNITED: NEWS})
    (draft,) = decide(story.affair, story.told, story.now + timedelta(minutes=6))
    assert (draft.key, draft.urgent) == (NEWS["key"], True)
    assert draft.values["outlet"] == "a.example"
    assert draft.values["stage"] == "outbreak"
    assert unpack(draft.state) == story.affair.state
