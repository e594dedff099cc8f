"""Rolled-up counts equal counting by hand, whatever comes and is taken back."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.base import Database
from storage.bucket import (
    HOUR,
    MINUTE,
    Bucket,
    Tally,
    begun,
    by_platform,
    by_topic,
    count,
    floor,
    read,
)
from storage.mention import MOOD_BITS
from storage.topic import Topic

START = datetime(2026, 5, 20, 11, 58, tzinfo=UTC)
SPAN = 4 * 3_600
PLATFORMS = ("weibo", "discuz", "新闻")


@pytest.fixture
def topics(database: Database) -> list[int]:
    with database.begin() as session:
        made = [Topic(name=name, query="甲", created=START) for name in ("甲", "乙")]
        session.add_all(made)
        session.flush()
        return [topic.id for topic in made]


tallies = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sampled_from(PLATFORMS),
        st.integers(0, SPAN - 1),
        st.integers(0, 15),
        st.sampled_from((1, 1, 1, -1)),
    ),
    max_size=40,
)


def _by_hand(
    given: list[Tally], topic: int, width: int, platform: str | None
) -> dict[int, Counter[str]]:
    cells: dict[int, Counter[str]] = {}
    for tally in given:
        if tally.topic_id == topic and platform in (None, tally.platform):
            moment = int(tally.published.timestamp())
            cell = cells.setdefault(moment // width * width, Counter())
            cell["volume"] += tally.sign
            cell.update({m: tally.sign for m, bit in MOOD_BITS.items() if tally.labels & bit})
    return cells


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(rows=tallies, cut=st.integers(0, 40))
def test_counts_equal_counting_by_hand(
    database: Database, topics: list[int], rows: list[tuple[int, str, int, int, int]], cut: int
) -> None:
    given = [
        Tally(topics[which], platform, START + timedelta(seconds=second), labels, sign)
        for which, platform, second, labels, sign in rows
    ]
    with database.engine.connect() as connection, connection.begin() as transaction:
        session = Session(connection)
        count(session, given[:cut])
        count(session, given[cut:])
        for width in (MINUTE, HOUR):
            for platform in (None, *PLATFORMS):
                found = read(
                    session,
                    topics[0],
                    START - timedelta(hours=1),
                    START + timedelta(seconds=SPAN),
                    width,
                    platform,
                )
                by_hand = _by_hand(given, topics[0], width, platform)
                assert {c.start: {k: v for k, v in c.values.items() if v} for c in found} == {
                    start: {k: v for k, v in cell.items() if v}
                    for start, cell in by_hand.items()
                    if any(cell.values()) or start in {c.start for c in found}
                }
        session.close()
        transaction.rollback()


def test_a_window_holds_its_start_and_not_its_end(database: Database, topics: list[int]) -> None:
    moments = [START, START + timedelta(minutes=1), START + timedelta(minutes=2)]
    with database.begin() as session:
        count(session, [Tally(topics[0], "weibo", moment, 1) for moment in moments])
    with database.read() as session:
        found = read(session, topics[0], moments[0], moments[2])
    assert [cell.start for cell in found] == [int(m.timestamp()) for m in moments[:2]]


def test_each_platform_has_its_own_totals(database: Database, topics: list[int]) -> None:
    with database.begin() as session:
        count(session, [Tally(topics[0], "weibo", START, 1)] * 2)
        count(session, [Tally(topics[0], "discuz", START, 2), Tally(topics[1], "weibo", START, 4)])
    with database.read() as session:
        found = by_platform(session, topics[0], START, START + timedelta(minutes=1))
    nothing = dict.fromkeys(("anxiety", "doubt", "hostility", "support"), 0)
    assert found == {
        "discuz": {"volume": 1} | nothing | {"doubt": 1},
        "weibo": {"volume": 2} | nothing | {"anxiety": 2},
    }


def test_copies_are_counted_apart_and_can_be_left_out(
    database: Database, topics: list[int]
) -> None:
    until = START + timedelta(minutes=1)
    with database.begin() as session:
        count(session, [Tally(topics[0], "weibo", START, 1)])
        count(session, [Tally(topics[0], "weibo", START, 1, copy=True)] * 3)
        count(session, [Tally(topics[1], "weibo", START, 1)])
    with database.read() as session:
        for folded, volume in ((False, 4), (True, 1)):
            (cell,) = read(session, topics[0], START, until, folded=folded)
            platforms = by_platform(session, topics[0], START, until, folded=folded)
            all_topics = by_topic(session, floor(START, HOUR), until, folded=folded)
            assert cell.values["volume"] == volume
            assert platforms["weibo"]["volume"] == volume
            assert [cells[0].values["volume"] for cells in all_topics.values()] == [volume, 1]
            assert list(all_topics) == topics


def test_counts_are_undone_with_their_transaction(database: Database, topics: list[int]) -> None:
    def fail() -> None:
        with database.begin() as session:
            count(session, [Tally(topics[0], "weibo", START, 1)])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.read() as session:
        assert read(session, topics[0], START, START + timedelta(hours=1)) == []


def test_counting_nothing_writes_nothing(database: Database) -> None:
    with database.begin() as session:
        count(session, [])
        assert session.scalar(select(func.count()).select_from(Bucket)) == 0


@pytest.mark.parametrize(("width", "expected"), [(MINUTE, "11:58:00"), (HOUR, "11:00:00")])
def test_floor_is_the_start_of_the_bucket_in_utc(width: int, expected: str) -> None:
    moment = (START + timedelta(seconds=59.9)).astimezone(timezone(timedelta(hours=8)))
    found = floor(moment, width)
    assert found.tzinfo == UTC
    assert found.strftime("%H:%M:%S") == expected


@given(st.integers(-(10**9), 4 * 10**9), st.sampled_from((MINUTE, HOUR)))
def test_floor_and_bucket_agree_before_1970_too(second: int, width: int) -> None:
    moment = datetime.fromtimestamp(second, UTC)
    start = floor(moment, width)
    assert start <= moment < start + timedelta(seconds=width)
    assert int(start.timestamp()) % width == 0


def test_nothing_to_count_changes_nothing(database: Database, topics: list[int]) -> None:
    with database.begin() as session:
        count(session, [])
        count(session, [Tally(topics[0], "weibo", START, 1, sign) for sign in (1, -1)])
    with database.read() as session:
        assert by_topic(session, START, START + timedelta(hours=1)) == {}


def test_what_was_taken_out_again_is_no_platform_and_no_beginning(database, topics):
    early, late = Tally(topics[0], "weibo", START, 1), START + timedelta(hours=3)
    with database.begin() as session:
        count(session, [early, Tally(topics[0], "discuz", late, 0), early._replace(sign=-1)])
        topic = session.get_one(Topic, topics[0])
        topic.created = late + timedelta(hours=1)
        assert list(by_platform(session, topics[0], START, late + timedelta(hours=1))) == ["discuz"]
        assert begun(session, topic) == floor(late, HOUR)
