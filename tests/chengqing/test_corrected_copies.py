"""What a person says of a post holds for its copies: those there, and those yet to come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from analysis.moods import MoodModel
from analysis.query import parse
from chengqing.pipeline.classify import Reader, classify, rescore
from storage.base import Database
from storage.bucket import HOUR, read
from storage.correction import lessons, set_mood, told_of
from storage.intake import accept
from storage.line import MentionLine
from storage.mention import MOOD_BITS, Mention
from storage.person import Person
from storage.seal import Seal
from storage.topic import Topic

STORY = "獾杯被曝使用回收塑料生产，多地已经下架，记者从监管部门获悉调查仍在进行"
WITH_A_WORD = STORY + "！"
HATEFUL = 4


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(MoodModel.load(), {1: parse("獾杯")})


def _take_in(
    database: Database, now: datetime, reader: Reader, texts: Sequence[str], first: int = 0
) -> None:
    """Take posts in, a minute apart, and score them."""
    lines = [
        MentionLine(platform="weibo", id=str(at), text=text, published=now + timedelta(minutes=at))
        for at, text in enumerate(texts, first)
    ]
    with database.begin() as session:
        if session.get(Topic, 1) is None:
            session.add(Topic(id=1, name="獾杯", query="獾杯", created=now))
            person = Person(
                email="a@b.c", name="林晓", roles=["officer"], password="x", created=now
            )
            session.add(person)
        accept(session, lines, Seal("x" * 40), now)
    classify(database, reader)


def _say(database: Database, now: datetime, mention_id: int, carries: bool) -> None:
    with database.begin() as session:
        assert set_mood(session, mention_id, "hostility", carries, 1, now) is not None


def _hateful(database: Database) -> list[bool]:
    with database.read() as session:
        rows = session.scalars(select(Mention.labels).order_by(Mention.id)).all()
    return [bool(labels & HATEFUL) for labels in rows]


def _corrected(database: Database) -> list[int]:
    with database.read() as session:
        rows = session.scalars(select(Mention).order_by(Mention.id)).all()
        return [one.id for one in rows if one.corrected]


def _assert_counted(database: Database, now: datetime) -> None:
    """The hours count what the labels say, all of it, and copies apart."""
    with database.read() as session:
        everything = list(session.scalars(select(Mention)))
        window = now - timedelta(days=1), now + timedelta(days=1)
        for folded in (False, True):
            counted = dict.fromkeys(MOOD_BITS, 0)
            for cell in read(session, 1, *window, HOUR, folded=folded):
                for mood in MOOD_BITS:
                    counted[mood] += cell.values[mood]
            mine = [one for one in everything if not folded or one.story is None]
            assert counted == {m: sum(m in one.moods for one in mine) for m in MOOD_BITS}


@pytest.mark.parametrize("clicked", [1, 2])
def test_copies_with_the_same_words_change_at_one_click(
    database: Database, now: datetime, reader: Reader, clicked: int
) -> None:
    _take_in(database, now, reader, [STORY, STORY, WITH_A_WORD, "獾杯没事"])
    wanted = not _hateful(database)[0]
    others = _hateful(database)[2:]
    _say(database, now, clicked, wanted)
    assert _hateful(database) == [wanted, wanted, *others]
    assert _corrected(database) == [1, 2]
    _assert_counted(database, now)
    with database.read() as session:
        assert [one.text for one in lessons(session)] == [STORY]
        for mention_id in (1, 2):
            (told,) = told_of(session, session.get_one(Mention, mention_id), 10)
            assert told.name == "林晓"
        assert told_of(session, session.get_one(Mention, 3), 10) == []


def test_copies_that_come_later_carry_what_was_said(
    database: Database, now: datetime, reader: Reader
) -> None:
    _take_in(database, now, reader, [STORY])
    wanted = not _hateful(database)[0]
    _say(database, now, 1, wanted)
    _take_in(database, now, reader, [STORY, WITH_A_WORD, STORY], first=1)
    assert _hateful(database) == [wanted, wanted, not wanted, wanted]
    assert _corrected(database) == [1, 2, 4]
    _assert_counted(database, now)
    _say(database, now, 4, not wanted)
    assert _corrected(database) == []
    _take_in(database, now, reader, [STORY], first=4)
    assert _hateful(database) == [not wanted] * 5
    _assert_counted(database, now)


def test_another_model_leaves_what_was_said(
    database: Database, now: datetime, reader: Reader
) -> None:
    _take_in(database, now, reader, [STORY, STORY])
    wanted = not _hateful(database)[0]
    _say(database, now, 2, wanted)
    with database.begin() as session:
        for one in session.scalars(select(Mention)):
            one.model = "another"
    assert rescore(database, reader) == 2
    assert (_hateful(database), _corrected(database)) == ([wanted, wanted], [1, 2])
    _assert_counted(database, now)


def test_any_order_of_copies_and_clicks_leaves_the_counts_exact(
    sqlite_database: Database, now: datetime, reader: Reader
) -> None:
    arrived = 0
    steps = st.lists(
        st.one_of(
            st.sampled_from([STORY, WITH_A_WORD]), st.tuples(st.integers(0, 9), st.booleans())
        )
    )

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
    @given(steps)
    def happens(done: list[str | tuple[int, bool]]) -> None:
        nonlocal arrived
        for step in done:
            if isinstance(step, str):
                _take_in(sqlite_database, now, reader, [step], first=arrived)
                arrived += 1
            elif arrived:
                _say(sqlite_database, now, step[0] % arrived + 1, step[1])
        if arrived:
            _assert_counted(sqlite_database, now)

    happens()
