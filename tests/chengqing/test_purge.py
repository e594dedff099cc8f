"""Every night: what has had its time is forgotten, and the counts follow."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select

from chengqing.pipeline.steps import purge
from chengqing.settings import Settings
from chengqing.wiring import Works
from storage.base import Database
from storage.bucket import HOUR, Tally, count, read
from storage.delivery import Delivery, DeliveryState, put
from storage.intake import RETENTION, accept
from storage.line import MentionLine
from storage.mention import AuthorName, Mention, MentionTopic
from storage.seal import Seal
from storage.story import FoldKey, hold_keys
from storage.topic import Source, Topic, Visit


def _fill(database: Database, now: datetime) -> None:
    """Two mentions of one topic, of now and of the day before."""
    published = now - timedelta(days=1), now
    lines = [
        MentionLine(platform="weibo", id=str(n), text="獾杯", published=at, author={"name": f"{n}"})
        for n, at in enumerate(published)
    ]
    with database.begin() as session:
        session.add(Topic(id=1, name="獾杯", query="獾杯", created=now))
        accept(session, lines[:1], Seal("x" * 40), published[0])
        accept(session, lines[1:], Seal("x" * 40), now)
        for mention in session.scalars(select(Mention)):
            mention.model = "m"
            at = mention.published
            session.add(MentionTopic(mention_id=mention.id, topic_id=1, published=at))
            count(session, [Tally(1, "weibo", at, 0)])
            hold_keys(session, {mention.id: (mention.id, int(at.timestamp()))})


def _left(database: Database, now: datetime) -> tuple[int, ...]:
    with database.read() as session:
        counts = read(session, 1, now - timedelta(days=2), now + timedelta(days=1), HOUR)
        rows = [
            session.scalar(select(func.count()).select_from(table)) or 0
            for table in (AuthorName, FoldKey, Mention)
        ]
    return (*rows, sum(cell.values["volume"] for cell in counts))


def test_names_and_keys_go_and_mentions_stay_unless_a_time_is_set(
    database: Database, now: datetime
) -> None:
    _fill(database, now)
    purge(Works(Settings(), database, lambda: now + timedelta(days=6, hours=12)))
    assert _left(database, now) == (2, 1, 2, 2)
    purge(Works(Settings(), database, lambda: now + RETENTION - timedelta(hours=1)))
    assert _left(database, now) == (1, 0, 2, 2)


def test_mentions_go_when_their_time_is_over_and_the_counts_with_them(
    database: Database, now: datetime
) -> None:
    _fill(database, now)
    settings = Settings(keep_days=200)
    purge(Works(settings, database, lambda: now + timedelta(days=199, hours=1)))
    assert _left(database, now)[2:] == (1, 1)
    purge(Works(settings, database, lambda: now + timedelta(days=201)))
    assert _left(database, now)[2:] == (0, 0)


def test_visits_go_but_for_the_last_of_each_outcome(database: Database, now: datetime) -> None:
    ends = ["ok", "ok", "blocked", "ok", None]
    with database.begin() as session:
        session.add(Source(id=1, name="獾报", kind="feed", url="http://a.cn/", created=now))
        session.flush()
        session.add_all(
            Visit(id=at + 1, source_id=1, started=now + timedelta(days=at), outcome=outcome)
            for at, outcome in enumerate(ends)
        )
    for days, left in ((0, [1, 2, 3, 4, 5]), (1, [2, 3, 4, 5]), (9, [3, 4, 5])):
        then = now + RETENTION + timedelta(days=days, hours=-1)
        purge(Works(Settings(), database, lambda then=then: then))
        with database.read() as session:
            assert list(session.scalars(select(Visit.id).order_by(Visit.id))) == left


def test_mails_go_when_nobody_waits_for_them(database: Database, now: datetime) -> None:
    with database.begin() as session:
        rows = [
            {"key": f"digest:{state}", "channel": "mail", "address": "a@b.cn", "payload": {}}
            for state in DeliveryState
        ]
        put(session, rows, now)
        for row in session.scalars(select(Delivery)):
            row.state = row.key.partition(":")[2]
    for late, left in ((-1, 5), (1, 3)):
        then = now + RETENTION + timedelta(hours=late)
        purge(Works(Settings(), database, lambda then=then: then))
        with database.read() as session:
            states = set(session.scalars(select(Delivery.state)))
        assert len(states) == left
    assert states == {DeliveryState.DUE, DeliveryState.SENDING, DeliveryState.FAILED}


def test_half_a_year_is_the_least() -> None:
    with pytest.raises(ValidationError):
        Settings(keep_days=183)
