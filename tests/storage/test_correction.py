"""A person's word on the moods of a mention: counted at once, exactly, kept until it is edited."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from storage import bucket
from storage.base import Database
from storage.correction import Correction, lessons, set_mood
from storage.intake import accept
from storage.line import MentionLine
from storage.mention import MOOD_BITS, Mention, MentionTopic
from storage.person import Person
from storage.seal import Seal
from storage.topic import Topic

SEAL = Seal("x" * 40)
MOODS = tuple(MOOD_BITS)


def _stage(database: Database, now: datetime, labels: int = 2) -> None:
    """Two topics, one scored mention in both of them and one that waits for its score."""
    with database.begin() as session:
        session.add(
            Person(email="a@b.c", name="林晓", roles=["officer"], password="x", created=now)
        )
        session.add_all([Topic(name=name, query=name, created=now) for name in "甲乙"])
        lines = [
            MentionLine(platform="weibo", id=str(n), text=f"獾杯 {n}", published=now)
            for n in (1, 2)
        ]
        accept(session, lines, SEAL, now)
        mention = session.get_one(Mention, 1)
        mention.labels, mention.model = labels, "m1"
        session.add_all(
            [MentionTopic(mention_id=1, topic_id=topic, published=now) for topic in (1, 2)]
        )
        tallies = [bucket.Tally(topic, "weibo", now, labels) for topic in (1, 2)]
        bucket.count(session, tallies)


def _counts(database: Database, now: datetime, topic: int, width: int) -> dict[str, int]:
    with database.read() as session:
        since, until = now - timedelta(days=1), now + timedelta(days=1)
        (row,) = bucket.read(session, topic, since, until, width)
    return dict(row.values)


def _say(database: Database, now: datetime, mood: str, carries: bool) -> Mention | None:
    with database.begin() as session:
        return set_mood(session, 1, mood, carries, 1, now)


def test_a_correction_is_counted_in_every_topic_at_once(database: Database, now: datetime) -> None:
    _stage(database, now)
    _say(database, now, "doubt", False)
    found = _say(database, now, "hostility", True)
    assert found is not None
    assert (found.moods, found.model_labels, found.corrected) == (["hostility"], 2, True)
    for topic in (1, 2):
        for width in (bucket.MINUTE, bucket.HOUR):
            wanted = {"volume": 1, "anxiety": 0, "doubt": 0, "hostility": 1, "support": 0}
            assert _counts(database, now, topic, width) == wanted


def test_each_click_is_kept_with_who_when_and_the_model(database: Database, now: datetime) -> None:
    _stage(database, now)
    _say(database, now, "hostility", True)
    _say(database, now, "hostility", True)
    with database.read() as session:
        (row,) = session.scalars(select(Correction))
    assert (row.person_id, row.at, row.before, row.after, row.own) == (1, now, 2, 6, 2)
    assert (row.model, row.text) == ("m1", "獾杯 1")


def test_clicking_again_takes_it_back(database: Database, now: datetime) -> None:
    _stage(database, now)
    _say(database, now, "hostility", True)
    with database.read() as session:
        (lesson,) = lessons(session)
    assert (lesson.text, lesson.moods, lesson.topic_id) == ("獾杯 1", ("doubt", "hostility"), 1)
    found = _say(database, now, "hostility", False)
    assert found is not None
    assert (found.labels, found.corrected) == (2, False)
    with database.read() as session:
        assert lessons(session) == []


def test_a_lesson_that_a_later_model_learnt_stays_one(database: Database, now: datetime) -> None:
    _stage(database, now)
    _say(database, now, "hostility", True)
    with database.begin() as session:
        mention = session.get_one(Mention, 1)
        mention.model, mention.model_labels = "m2", None
    _say(database, now, "hostility", False)
    _say(database, now, "hostility", True)
    with database.read() as session:
        assert [lesson.moods for lesson in lessons(session)] == [("doubt", "hostility")]


def test_what_is_not_there_or_not_scored_yet_cannot_be_corrected(
    database: Database, now: datetime
) -> None:
    _stage(database, now)
    with database.begin() as session:
        assert set_mood(session, 99, "doubt", True, 1, now) is None
        assert set_mood(session, 2, "doubt", True, 1, now) is None


def test_an_edited_text_is_the_models_again(database: Database, now: datetime) -> None:
    _stage(database, now)
    _say(database, now, "hostility", True)
    with database.begin() as session:
        line = MentionLine(platform="weibo", id="1", text="另说一事", published=now)
        accept(session, [line], SEAL, now)
        mention = session.get_one(Mention, 1)
    assert (mention.labels, mention.model, mention.corrected) == (0, None, False)
    with database.read() as session:
        assert [lesson.text for lesson in lessons(session)] == ["獾杯 1"]


@pytest.mark.parametrize("first", [0, 5, 15])
def test_any_clicks_leave_the_counts_exact(
    sqlite_database: Database, now: datetime, first: int
) -> None:
    _stage(sqlite_database, now, first)

    @given(st.lists(st.tuples(st.sampled_from(MOODS), st.booleans()), max_size=8))
    def clicks(said: list[tuple[str, bool]]) -> None:
        for mood, carries in said:
            found = _say(sqlite_database, now, mood, carries)
            assert found is not None
            assert (mood in found.moods) == carries
            assert found.corrected == (found.labels != first)
            counts = _counts(sqlite_database, now, 1, bucket.MINUTE)
            assert {m for m in MOODS if counts[m]} == set(found.moods)
            assert counts["volume"] == 1

    clicks()
