"""Copies fold into the story of the first while they are scored, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from analysis.moods import MoodModel
from analysis.query import parse
from chengqing.pipeline.classify import Reader, classify
from storage.base import Database
from storage.bucket import HOUR, read
from storage.intake import accept
from storage.line import MentionLine
from storage.mention import Mention, MentionTopic
from storage.recount import forget, remove
from storage.seal import Seal
from storage.story import MEMORY, FoldKey, stories
from storage.topic import Topic

STORY = "獾杯被曝使用回收塑料生产，多地已经下架，记者从监管部门获悉调查仍在进行"
OTHER = "今天买到的獾杯质量很好，孩子非常喜欢，打算再给爷爷奶奶也买一个"
Post = tuple[str, str, timedelta]


@pytest.fixture(scope="module")
def model() -> MoodModel:
    return MoodModel.load()


def _run(
    database: Database, now: datetime, model: MoodModel, posts: Sequence[Post], batch: int = 1_000
) -> list[int | None]:
    """Take posts (text, platform, how long ago) in, score them, return their stories by place."""
    lines = [
        MentionLine(platform=platform, id=str(place), text=text, published=now - ago)
        for place, (text, platform, ago) in enumerate(posts)
    ]
    with database.begin() as session:
        if session.get(Topic, 1) is None:
            session.add(Topic(id=1, name="獾杯", query="獾杯", created=now))
        accept(session, lines, Seal("x" * 40), now)
    classify(database, Reader(model, {1: parse("獾杯")}), batch=batch)
    with database.read() as session:
        wanted = select(Mention.id, Mention.story).order_by(Mention.id)
        rows = session.execute(wanted).all()
    places = {number: place for place, (number, _) in enumerate(rows)}
    return [None if story is None else places[story] for _, story in rows]


def _ago(minutes: float) -> timedelta:
    return timedelta(minutes=minutes)


@pytest.mark.parametrize("batch", [1, 2, 1_000])
def test_copies_fold_across_platforms_and_batches(
    database: Database, now: datetime, model: MoodModel, batch: int
) -> None:
    posts = [
        (STORY, "weibo", _ago(50)),
        (OTHER, "weibo", _ago(45)),
        ("【转】" + STORY, "discuz", _ago(40)),
        (STORY.replace("多地", "各地"), "news", _ago(30)),
        ("獾杯，支持！", "weibo", _ago(20)),
        ("獾杯，支持！", "weibo", _ago(10)),
    ]
    assert _run(database, now, model, posts, batch) == [None, None, 0, 0, None, None]
    with database.read() as session:
        (cell,) = read(session, 1, now - _ago(60), now, HOUR)
        (folded,) = read(session, 1, now - _ago(60), now, HOUR, folded=True)
        (story,) = stories(session, 1, now - _ago(60), now)
    assert (cell.values["volume"], folded.values["volume"]) == (6, 4)
    assert (story.count, story.platforms) == (3, ("discuz", "news", "weibo"))


def test_a_late_post_joins_the_story_and_is_told_as_its_earliest(
    database: Database, now: datetime, model: MoodModel
) -> None:
    posts = [(STORY, "weibo", _ago(10)), (STORY, "news", _ago(2_000))]
    assert _run(database, now, model, posts) == [None, 0]
    with database.read() as session:
        (story,) = stories(session, 1, now - timedelta(days=3), now)
    assert (story.first.platform, story.span) == ("news", _ago(1_990))


def test_a_story_that_comes_again_after_its_time_is_a_new_one(
    database: Database, now: datetime, model: MoodModel
) -> None:
    posts = [
        (STORY, "weibo", 2 * MEMORY),
        (STORY, "weibo", MEMORY - _ago(1)),
        (STORY, "weibo", _ago(1)),
    ]
    assert _run(database, now, model, posts, batch=1) == [None, None, 1]


def test_when_the_first_is_edited_its_copies_stay_one_story(
    database: Database, now: datetime, model: MoodModel
) -> None:
    copies = [(STORY, "weibo", _ago(minute)) for minute in (30, 20, 10)]
    assert _run(database, now, model, copies) == [None, 0, 0]
    edited = [(OTHER, "weibo", _ago(30)), *copies[1:], (OTHER, "news", _ago(5))]
    assert _run(database, now, model, edited) == [None, None, 1, 0]
    later = [*edited, (STORY, "news", _ago(1))]
    assert _run(database, now, model, later) == [None, None, 1, 0, 1]


def test_when_the_first_is_deleted_later_copies_join_those_that_stay(
    database: Database, now: datetime, model: MoodModel
) -> None:
    copies = [(STORY, "weibo", _ago(minute)) for minute in (30, 20, 10)]
    _run(database, now, model, copies)
    with database.begin() as session:
        assert remove(session, [1]) == 1
    lines = [
        MentionLine(platform="news", id="4", text=STORY, published=now),
        MentionLine(platform="news", id="5", text=OTHER, published=now),
    ]
    with database.begin() as session:
        accept(session, lines, Seal("x" * 40), now)
    classify(database, Reader(model, {1: parse("獾杯")}))
    with database.read() as session:
        rows = session.execute(select(Mention.id, Mention.story).order_by(Mention.id)).all()
    assert [tuple(row) for row in rows] == [(2, None), (3, 2), (4, 2), (5, None)]


texts = st.sampled_from(
    [
        STORY,
        STORY + "。",
        STORY.replace("多地", "各地"),
        STORY[:24],
        OTHER,
        OTHER[4:],
        "獾杯，支持！",
    ]
)
posts = st.lists(
    st.tuples(texts, st.just("weibo"), st.integers(0, 20).map(lambda day: timedelta(days=day))),
    max_size=9,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(posts=posts, batch=st.integers(1, 4))
def test_stories_do_not_depend_on_how_many_are_scored_at_a_time(
    sqlite_database: Database, now: datetime, model: MoodModel, posts: list[Post], batch: int
) -> None:
    with sqlite_database.begin() as session:
        for table in (FoldKey, MentionTopic, Mention):
            session.execute(delete(table))
    whole = _run(sqlite_database, now, model, posts)
    with sqlite_database.begin() as session:
        session.execute(delete(FoldKey))
        forget(session, session.scalars(select(Mention.id)).all())
    assert _run(sqlite_database, now, model, posts, batch) == whole
