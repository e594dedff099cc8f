from datetime import datetime, timedelta

import numpy as np

from chengqing.pipeline.curves import HISTORY, STEP, Known, curves
from storage.base import Database
from storage.bucket import Tally, begun, count
from storage.topic import Topic


def _topic(database: Database, created: datetime) -> Topic:
    with database.begin() as session:
        topic = Topic(name="獾杯", query="獾杯", created=created)
        session.add(topic)
    return topic


def _count(database: Database, *moments: datetime) -> None:
    with database.begin() as session:
        count(session, [Tally(1, "weibo", moment, 4) for moment in moments])


def test_silence_since_the_topic_was_put_under_watch_is_known(
    database: Database, now: datetime
) -> None:
    topic = _topic(database, now - timedelta(days=3))
    _count(database, now - timedelta(minutes=20))
    with database.read() as session:
        series = curves(session, topic, now)
    assert now - series.start >= timedelta(days=3)
    assert series.curve("hostility").counts.sum() == 1
    assert np.isfinite(series.curve("volume").counts).all()


def test_history_before_the_watch_counts_and_is_bounded(database: Database, now: datetime) -> None:
    topic = _topic(database, now)
    with database.read() as session:
        assert begun(session, topic) == now
        assert len(curves(session, topic, now)) <= timedelta(hours=1) / STEP
    _count(database, now - timedelta(days=400), now - timedelta(days=2))
    with database.read() as session:
        series = curves(session, topic, now)
    assert HISTORY <= now - series.start < HISTORY + timedelta(hours=1)
    assert series.curve("volume").counts.sum() == 1
    assert series.end <= now


def test_what_comes_late_is_seen_at_the_next_look(database: Database, now: datetime) -> None:
    topic, known = _topic(database, now - timedelta(days=20)), Known()
    for late in (timedelta(minutes=20), timedelta(days=3), timedelta(days=14)):
        _count(database, now - late)
        now += STEP
        with database.read() as session:
            looked = curves(session, topic, now, known=known)
            afresh = curves(session, topic, now)
        assert looked.start == afresh.start
        for name, counts in afresh.curves.items():
            np.testing.assert_array_equal(looked.curves[name], counts)


def test_looks_with_and_without_memory_see_the_same_as_time_goes_on(
    database: Database, now: datetime
) -> None:
    topic, known = _topic(database, now - timedelta(days=14)), Known()
    for hours in (0, 1, 1.5, 30, 31, 80, 79):
        at = now + timedelta(hours=hours)
        _count(database, at - timedelta(minutes=7), at - timedelta(hours=2))
        with database.read() as session:
            looked = curves(session, topic, at, known=known)
            afresh = curves(session, topic, at)
        assert (looked.start, len(looked)) == (afresh.start, len(afresh))
        np.testing.assert_array_equal(looked.curves["volume"], afresh.curves["volume"])


def test_a_clock_that_runs_ahead_waits_for_its_time(database: Database, now: datetime) -> None:
    topic = _topic(database, now - timedelta(days=1))
    _count(database, now + timedelta(minutes=9))
    with database.read() as session:
        assert curves(session, topic, now).curve("volume").total() == 0
        assert curves(session, topic, now + 3 * STEP).curve("volume").total() == 1


def test_blind_stretches_are_unknown(database: Database, now: datetime) -> None:
    topic = _topic(database, now - timedelta(days=1))
    _count(database, now - timedelta(minutes=50))
    blind = [(now - timedelta(hours=1), now - timedelta(minutes=30))]
    with database.read() as session:
        series = curves(session, topic, now, blind)
    assert np.isnan(series.curve("volume").counts).sum() == 6
    assert series.curve("hostility").total() == 0
