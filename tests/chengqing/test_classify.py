from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from analysis.moods import MoodModel
from analysis.query import parse
from chengqing.pipeline.classify import Reader, classify, rescore
from storage.base import Database
from storage.bucket import CURVES, HOUR, MINUTE, Bucket, Total
from storage.intake import accept
from storage.line import MentionLine
from storage.mention import MOOD_BITS, Mention, MentionTopic
from storage.recount import forget, remove
from storage.seal import Seal
from storage.story import FoldKey
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
    """Every count equals what counting the rows gives, and every story has one first."""
    with database.read() as session:
        counted = {
            (row.topic_id, row.width, row.start, row.platform, row.copy): [
                getattr(row, curve) for curve in CURVES
            ]
            for row in session.scalars(select(Bucket))
        }
        by_hand: dict[tuple[object, ...], list[int]] = {}
        joined = select(Mention, MentionTopic).join(
            MentionTopic, MentionTopic.mention_id == Mention.id
        )
        for mention, link in session.execute(joined):
            assert (link.published, link.story) == (mention.published, mention.story)
            assert mention.model is not None
            values = [1, *(int(bool(mention.labels & bit)) for bit in MOOD_BITS.values())]
            for width in (MINUTE, HOUR):
                start = int(mention.published.timestamp()) // width * width
                copy = mention.story is not None
                key = (link.topic_id, width, start, mention.platform, copy)
                held = by_hand.setdefault(key, [0] * len(CURVES))
                by_hand[key] = [a + b for a, b in zip(held, values, strict=True)]
        assert {key: values for key, values in counted.items() if any(values)} == by_hand
        totals = {
            (row.topic_id, row.width, row.start): [
                *(getattr(row, curve) for curve in CURVES),
                *(getattr(row, f"copied_{curve}") for curve in CURVES),
            ]
            for row in session.scalars(select(Total))
        }
        summed: dict[tuple[object, ...], list[int]] = {}
        for key, values in by_hand.items():
            held = summed.setdefault(key[:3], [0] * 2 * len(CURVES))
            both = [*values, *(values if key[4] else [0] * len(CURVES))]
            summed[key[:3]] = [a + b for a, b in zip(held, both, strict=True)]
        assert {key: values for key, values in totals.items() if any(values)} == summed
        firsts = set(session.scalars(select(Mention.id).where(Mention.story.is_(None))))
        assert set(session.scalars(select(Mention.story))) - {None} <= firsts


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


@pytest.mark.parametrize("first", [1, 2])
def test_a_root_and_its_reply_that_come_together_are_each_counted_once(
    database: Database, now: datetime, model: MoodModel, first: int
) -> None:
    _topic(database, now, "獾杯")
    lines = [
        _line(1, "獾杯掉渣", now),
        _line(2, "我家也是", now, kind="comment", thread="1", parent="1"),
    ]
    _take(database, now, lines if first == 1 else reversed(lines))
    assert classify(database, Reader(model, {1: parse("獾杯")}), batch=2) == 2
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(MentionTopic)) == 2
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
        forget(session, list(session.scalars(select(Mention.id))))
    classify(database, reader)
    _exact(database, now)


STORY = "獾杯被曝使用回收塑料生产，多地已经下架，记者从监管部门获悉调查仍在进行"
SAID = (
    STORY,
    STORY + "。转",
    STORY.replace("多地", "各地"),
    "獾杯 求证，真的假的？",
    "支持，相信你们",
    "云獾的杯子掉渣了，无良商家，必须抵制到底，绝不能再让孩子用",
)
numbers = st.integers(0, 5)
acts = st.one_of(
    st.tuples(
        st.just("take"),
        st.lists(
            st.tuples(numbers, st.sampled_from(SAID), st.sampled_from(["weibo", "discuz"]),
                      st.integers(0, 20_000), st.none() | numbers),
            min_size=1, max_size=4,
        ),
    ),
    st.tuples(st.just("classify"), st.integers(1, 4)),
    st.tuples(st.just("rescore"), st.integers(1, 4)),
    st.tuples(st.just("remove"), st.sets(numbers, min_size=1, max_size=3)),
    st.tuples(st.just("forget"), st.sets(numbers, min_size=1, max_size=3)),
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(acts=st.lists(acts, max_size=14))
def test_whatever_comes_is_edited_scored_again_and_removed_the_counts_are_exact(
    database: Database, now: datetime, model: MoodModel, acts: list[tuple[str, object]]
) -> None:
    with database.begin() as session:
        for table in (Bucket, Total, FoldKey, MentionTopic, Mention, Topic):
            session.execute(delete(table))
        session.add_all(
            Topic(id=i, name=q, query=q, created=now) for i, q in ((1, "獾杯"), (2, "云獾"))
        )
    other = replace(model, version="other", thresholds=dict.fromkeys(model.thresholds, 0.02))
    queries = {1: parse("獾杯"), 2: parse("云獾 OR 杯子")}
    for name, what in [*acts, ("classify", 5)]:
        if name == "take":
            _take(database, now, [_anyhow(now, *row) for row in what])
        elif name == "classify":
            classify(database, Reader(model, queries), batch=what)
        elif name == "rescore":
            rescore(database, Reader(other, queries), batch=what)
        else:
            with database.begin() as session:
                mine = select(Mention.id).where(Mention.platform_id.in_(map(str, what)))
                (remove if name == "remove" else forget)(session, session.scalars(mine).all())
        _exact(database, now)
    with database.read() as session:
        assert session.scalar(select(func.count()).where(Mention.model.is_(None))) == 0


def _anyhow(
    now: datetime, number: int, text: str, platform: str, second: int, root: int | None
) -> MentionLine:
    return MentionLine(
        platform=platform,
        id=str(number),
        text=text,
        kind="post" if root is None else "comment",
        thread=None if root is None else str(root),
        published=now - timedelta(seconds=second),
        counts={"likes": second},
    )


def test_a_model_that_changed_scores_all_again_once(
    database: Database, now: datetime, model: MoodModel
) -> None:
    _topic(database, now, "獾杯")
    lines = [_line(i, f"獾杯 {TEXTS[i % 5]}", now - timedelta(minutes=i)) for i in range(12)]
    _take(database, now, lines)
    classify(database, Reader(model, {1: parse("獾杯")}))
    other = replace(model, version="other", thresholds=dict.fromkeys(model.thresholds, 0.0))
    later = Reader(other, {})
    assert rescore(database, later, batch=5) == 12
    assert rescore(database, later) == 0
    _exact(database, now)
    with database.read() as session:
        assert session.scalar(select(func.sum(Bucket.hostility)).where(Bucket.width == HOUR)) == 12


def test_an_archived_topic_takes_nothing_new(
    database: Database, now: datetime, model: MoodModel
) -> None:
    _topic(database, now, "獾杯")
    _take(database, now, [_line(1, "獾杯掉渣", now)])
    classify(database, Reader(model, {1: parse("獾杯")}))
    _take(database, now, [_line(2, "我家也是", now, kind="comment", thread="1")])
    classify(database, Reader(model, {}))
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(MentionTopic)) == 1
    _exact(database, now)
