from datetime import datetime, timedelta

import numpy as np

from chengqing.pipeline.curves import HISTORY, STEP, curves
from storage.base import Database
from storage.bucket import Tally, count, first
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
        assert first(session, topic.id) is None
        assert len(curves(session, topic, now)) <= timedelta(hours=1) / STEP
    _count(database, now - timedelta(days=400), now - timedelta(days=2))
    with database.read() as session:
        series = curves(session, topic, now)
    assert HISTORY <= now - series.start < HISTORY + timedelta(hours=1)
    assert series.curve("volume").counts.sum() == 1
    assert series.end <= now
