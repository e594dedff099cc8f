"""Stories as they are read: the largest first, with who, where and since when."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from storage.base import Database
from storage.mention import Mention, MentionTopic, lost
from storage.recount import expire, remove
from storage.story import MEMORY, FoldKey, forget_keys, hold_keys, keys_held, stories
from storage.topic import Topic


@pytest.fixture
def said(database: Database, now: datetime) -> Database:
    """One story of four mentions, the earliest of them found last; another of two; one alone."""
    rows = [
        (1, "weibo", "a", 10, None), (2, "weibo", "b", 20, 1), (3, "discuz", "a", 30, 1),
        (4, "news", None, 5, 1), (5, "weibo", "a", 40, None), (6, "weibo", "a", 50, 5),
        (7, "weibo", "c", 60, None),
    ]  # fmt: skip
    with database.begin() as session:
        session.add(Topic(id=1, name="獾杯", query="獾杯", created=now))
        for number, platform, author, minute, story in rows:
            at = now + timedelta(minutes=minute)
            session.add(
                Mention(
                    id=number,
                    platform=platform,
                    platform_id=str(number),
                    kind="post",
                    text="x",
                    author=author,
                    published=at,
                    first_seen=now,
                    last_seen=now,
                    story=story,
                    model="m",
                    labels=0,
                    deleted=at if number in (3, 7) else None,
                )
            )
        session.flush()
        for number, _, _, minute, story in rows:
            at = now + timedelta(minutes=minute)
            session.add(MentionTopic(mention_id=number, topic_id=1, published=at, story=story))
    return database


def test_the_largest_story_comes_first(said: Database, now: datetime) -> None:
    with said.read() as session:
        large, small = stories(session, 1, now, now + timedelta(hours=2))
    assert (large.id, large.count, large.known, large.authors) == (1, 4, 3, 2)
    assert (large.first.id, large.platforms) == (4, ("discuz", "news", "weibo"))
    assert (large.begun, large.span) == (now + timedelta(minutes=5), timedelta(minutes=25))
    assert (small.id, small.count, small.authors) == (5, 2, 1)


def test_a_window_counts_what_lies_in_it(said: Database, now: datetime) -> None:
    with said.read() as session:
        (story,) = stories(session, 1, now + timedelta(minutes=15), now + timedelta(minutes=45))
        assert (story.count, story.first.id) == (2, 2)
        assert stories(session, 1, now, now + timedelta(hours=2), limit=1)[0].id == 1
        assert stories(session, 2, now, now + timedelta(hours=2)) == []


def test_what_was_deleted_since_is_counted(said: Database, now: datetime) -> None:
    with said.read() as session:
        assert lost(session, 1, now, now + timedelta(minutes=60)) == 1
        assert lost(session, 1, now, now + timedelta(minutes=61)) == 2
        assert lost(session, 2, now, now + timedelta(minutes=61)) == 0


def test_the_earliest_copy_inherits_a_story_whose_first_is_removed(
    said: Database, now: datetime
) -> None:
    with said.begin() as session:
        assert remove(session, [1, 5]) == 2
    with said.read() as session:
        held = dict(session.execute(select(Mention.id, Mention.story)).all())
        links = dict(session.execute(select(MentionTopic.mention_id, MentionTopic.story)).all())
    assert held == links == {2: None, 3: 2, 4: 2, 6: None, 7: None}


def test_only_what_is_old_in_both_senses_expires(said: Database, now: datetime) -> None:
    with said.begin() as session:
        assert expire(session, now) == 0
        assert expire(session, now + timedelta(minutes=25), limit=2) == 2
        assert expire(session, now + timedelta(minutes=25)) == 1
        assert session.scalar(select(func.count()).select_from(Mention)) == 4


def test_keys_lead_to_the_latest_story_for_a_while(database: Database, now: datetime) -> None:
    second = int(now.timestamp())
    with database.begin() as session:
        hold_keys(session, {2**63 - 1: (1, second), -(2**63): (2, second)})
        hold_keys(session, {2**63 - 1: (3, second + 1)})
        hold_keys(session, {})
        assert keys_held(session, [2**63 - 1, -(2**63), 7]) == {2**63 - 1: 3, -(2**63): 2}
        assert keys_held(session, []) == {}
        forget_keys(session, now + MEMORY + timedelta(seconds=1))
        assert set(session.scalars(select(FoldKey.mention_id))) == {3}
