"""A query applied to posts on record: links and counts are what scoring anew would make them."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import func, select

from dashboard.refile import refile
from dashboard.stored import newest, roots_of
from dashboard.topics import SUBJECT
from releases.audit import steps_of
from storage import bucket
from storage.mention import MOOD_BITS, Mention, MentionTopic
from storage.topic import Topic
from tests.dashboard.conftest import furnish


@pytest.fixture
def house(database, clock, hashed):
    return furnish(database, clock, hashed)


def add(house, number, text, **more):
    at = house.clock() - timedelta(minutes=number)
    row = {"platform": "weibo", "platform_id": str(number), "thread": str(number), "kind": "post"}
    row |= {"labels": number % 16, "model": "m", "published": at} | more
    with house.database.begin() as session:
        session.add(Mention(text=text, first_seen=at, last_seen=at, **row))


def counts(house):
    """Return the counts kept, and those that the links and mentions themselves make."""
    kept, true = Counter(), Counter()
    since, until = house.clock() - timedelta(days=99), house.clock() + timedelta(hours=1)
    with house.database.read() as session:
        for width, folded in product((60, 3_600), (False, True)):
            for cell in bucket.read(session, 1, since, until, width, "weibo", folded):
                for curve in bucket.CURVES:
                    kept[width, folded, cell.start, curve] += cell.values[curve]
        for mention in session.scalars(select(Mention).join(MentionTopic)):
            second = int(mention.published.timestamp())
            for width, folded in product((60, 3_600), (False, True)):
                if mention.platform != "weibo" or (folded and mention.story is not None):
                    continue
                key = width, folded, second - second % width
                true[*key, "volume"] += 1
                for mood, bit in MOOD_BITS.items():
                    true[*key, mood] += bool(mention.labels & bit)
    return +kept, +true


def linked(house):
    with house.database.read() as session:
        wanted = select(Mention.platform_id).join(MentionTopic).order_by(Mention.id)
        return list(session.scalars(wanted))


def test_posts_come_in_and_leave_and_the_counts_are_exact(house, clock):
    with house.database.begin() as session:
        session.add(Topic(name="t", query="酸奶", created=clock()))
    for number in range(1, 8):
        add(house, number, f"酸奶第{number}条")
    add(house, 8, "果汁", story=1)
    add(house, 9, "说得好", kind="comment", thread="8")
    add(house, 10, "酸奶，还没读", model=None)
    add(house, 11, "酸奶老帖", published=clock() - timedelta(days=90))
    done = refile(house.database, 1, clock(), batch=3)
    assert (done.read, done.gained, done.lost) == (9, 7, 0)
    assert linked(house) == [str(n) for n in range(1, 8)]
    kept, true = counts(house)
    assert kept == true
    with house.database.begin() as session:
        session.get_one(Topic, 1).query = "果汁 第3条"
    done = refile(house.database, 1, clock())
    assert (done.gained, done.lost) == (2, 6)
    assert linked(house) == ["3", "8", "9"]
    kept, true = counts(house)
    assert kept == true
    again = refile(house.database, 1, clock())
    assert (again.gained, again.lost) == (0, 0)
    assert counts(house) == (kept, true)


def test_it_is_a_button_for_some_and_stays_on_record(house, browse, affair, clock):
    with house.database.begin() as session:
        session.get_one(Topic, 1).query = "第3条"
    assert browse("林晓").submit("/topics/1/refile").status_code == 403
    browser = browse("许岚")
    assert browser.submit("/topics/1/refile").headers["location"].endswith("said=topic_refiled")
    assert "查 30 条，归入 0 条，移出 29 条" in browser.get("/topics/1").text
    kept, true = counts(house)
    assert kept == true
    browser.submit("/topics/1/archive")
    assert refile(house.database, 1, clock()).read == 0
    with house.database.read() as session:
        told = [step.action for step in steps_of(session, SUBJECT, 1)]
    assert told.count("topic_refiled") == 1


def test_how_much_is_read_does_not_grow_with_what_is_stored(sqlite_database, clock):
    now, steps = clock(), Counter()

    def read(many, begin):
        with sqlite_database.read() as session:
            raw = session.connection().connection.dbapi_connection
            raw.set_progress_handler(lambda: steps.update([many]), 10)
            last = now - timedelta(minutes=begin), 10**9
            assert len(session.execute(newest(now, timedelta(days=30), 50, last)).all()) == 50
            found = roots_of(session, {("weibo", str(number)) for number in range(50)})
            assert len(list(found)) == 50
            raw.set_progress_handler(None, 0)

    for many in (100, 3_000):
        with sqlite_database.begin() as session:
            held = session.scalar(select(func.count()).select_from(Mention))
            for number in range(held, many):
                at = now - timedelta(minutes=number)
                row = {"platform_id": str(number), "thread": str(number), "published": at}
                row |= {"platform": "weibo", "kind": "post", "text": "獾杯", "model": "m"}
                session.add(Mention(first_seen=at, last_seen=at, **row))
        read(many, many - 60)
    assert steps[3_000] < 3 * steps[100]
