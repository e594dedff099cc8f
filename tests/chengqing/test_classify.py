from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from analysis.moods import MoodModel
from analysis.query import parse
from chengqing.pipeline.classify import Reader, classify
from storage.base import Database
from storage.bucket import CURVES, HOUR, MINUTE, read
from storage.intake import accept, forget_scores
from storage.line import MentionLine
from storage.mention import MOOD_BITS, Mention, MentionTopic
from storage.seal import Seal
from storage.topic import Topic

SEAL = Seal("x" * 40)
TEXTS = [
    "太可怕了，以后谁还敢用",
    "真的假的？求证",
    "无良商家，抵制到底！",
    "支持，相信你们",
    "今天周三",
]


@pytest.fixture(scope="module")
def model() -> MoodModel:
    return MoodModel.load()


def _take(database: Database, now: datetime, lines: Iterable[MentionLine]) -> None:
    with database.begin() as session:
        accept(session, list(lines), SEAL, now)


def _line(number: int, text: str, at: datetime, **fields: object) -> MentionLine:
    return MentionLine(platform="weibo", id=str(number), text=text, published=at, **fields)


def _topic(database: Database, now: datetime, query: str) -> None:
    with database.begin() as session:
        session.add(Topic(name=query, query=query, created=now))


def _exact(database: Database, now: datetime) -> None:
    """The counts equal what counting the rows gives."""
    with database.read() as session:
        for width in (MINUTE, HOUR):
            rows = read(session, 1, now - timedelta(days=2), now + timedelta(days=1), width)
            sums = {curve: sum(row.values[curve] for row in rows) for curve in CURVES}
            linked = (
                select(func.count())
                .select_from(MentionTopic)
                .join(Mention, Mention.id == MentionTopic.mention_id)
                .where(MentionTopic.topic_id == 1)
            )
            assert sums["volume"] == session.scalar(linked)
            for mood, bit in MOOD_BITS.items():
                labelled = linked.where(Mention.labels.op("&")(bit) != 0)
                assert sums[mood] == session.scalar(labelled), mood


def test_each_mention_is_scored_and_counted_once(
    database: Database, now: datetime, model: MoodModel
) -> None:
    _topic(database, now, "獾杯")
    lines = [_line(i, f"獾杯 {TEXTS[i % 5]}", now - timedelta(minutes=i)) for i in range(25)]
    _take(database, now, lines)
    reader = Reader(model, {1: parse("獾杯")})
    assert classify(database, reader, batch=7) == 25
    assert classify(database, reader) == 0
    _exact(database, now)
    with database.read() as session:
        assert session.scalar(select(func.count()).where(Mention.model == model.version)) == 25


def test_a_reply_belongs_to_its_threads_topic_whichever_comes_first(
    database: Database, now: datetime, model: MoodModel
) -> None:
    _topic(database, now, "獾杯")
    reader = Reader(model, {1: parse("獾杯")})
    _take(database, now, [_line(2, "我家也是", now, kind="comment", thread="1", parent="1")])
    classify(database, reader)
    _take(database, now, [_line(1, "獾杯掉渣", now)])
    classify(database, reader)
    _take(database, now, [_line(3, "同问", now, kind="comment", thread="1", parent="1")])
    classify(database, reader)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(MentionTopic)) == 3
    _exact(database, now)


def test_a_comment_that_names_the_brand_does_not_take_its_whole_thread_along(
    database: Database, now: datetime, model: MoodModel
) -> None:
    _topic(database, now, "獾杯")
    lines = [
        _line(1, "周末去哪玩", now),
        _line(2, "带上獾杯", now, kind="comment", thread="1"),
        _line(3, "去公园", now, kind="comment", thread="1"),
    ]
    _take(database, now, lines)
    classify(database, Reader(model, {1: parse("獾杯")}))
    with database.read() as session:
        linked = select(Mention.platform_id).join(
            MentionTopic, MentionTopic.mention_id == Mention.id
        )
        assert list(session.scalars(linked)) == ["2"]


def test_an_edit_and_a_new_scoring_leave_the_counts_exact(
    database: Database, now: datetime, model: MoodModel
) -> None:
    _topic(database, now, "獾杯")
    reader = Reader(model, {1: parse("獾杯")})
    _take(database, now, [_line(1, "獾杯 求证，真的假的？", now), _line(2, "獾杯 支持", now)])
    classify(database, reader)
    _take(database, now, [_line(1, "已编辑：不说了", now)])
    classify(database, reader)
    _exact(database, now)
    with database.begin() as session:
        forget_scores(session, list(session.scalars(select(Mention))))
        session.execute(update(Mention).values(model=None, labels=0))
    classify(database, reader)
    _exact(database, now)
