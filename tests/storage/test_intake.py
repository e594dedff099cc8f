"""The one door in: what is new is kept, what is known refreshed, what cannot be so refused."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from storage.base import Database
from storage.bucket import Tally, count, read
from storage.intake import SKEW, Intake, accept
from storage.line import MentionLine
from storage.mention import AuthorName, Mention, MentionTopic
from storage.seal import Seal
from storage.topic import Topic

SEAL = Seal("a secret of thirty-two characters")


def _line(number: str = "1", **more: Any) -> MentionLine:
    given = {
        "platform": "weibo",
        "id": number,
        "text": "这款奶粉还能喝吗",
        "published": "2026-05-20T19:00:00+08:00",
        "author": {"id": "77", "name": "小王爱喝奶"},
    }
    return MentionLine.model_validate(given | more)


def _accept(database: Database, now: datetime, *lines: MentionLine) -> Intake:
    with database.begin() as session:
        return accept(session, lines, SEAL, now)


def _one(database: Database) -> Mention:
    with database.read() as session:
        return session.scalars(select(Mention)).one()


def test_a_new_line_becomes_a_row(database: Database, now: datetime) -> None:
    assert _accept(database, now, _line(counts={"likes": 3})).kept == 1
    row = _one(database)
    assert (row.platform, row.platform_id, row.kind, row.thread) == ("weibo", "1", "post", "1")
    assert row.published == datetime(2026, 5, 20, 11, tzinfo=UTC)
    assert (row.likes, row.comments) == (3, None)
    assert (row.first_seen, row.last_seen, row.model, row.labels) == (now, now, None, 0)


def test_seen_again_unchanged_is_a_duplicate_but_noted(database: Database, now: datetime) -> None:
    _accept(database, now, _line())
    later = now + timedelta(hours=1)
    result = _accept(database, later, _line())
    assert (result.kept, result.updated, result.duplicate) == (0, 0, 1)
    row = _one(database)
    assert (row.first_seen, row.last_seen) == (now, later)


def test_ten_thousand_repeats_are_one_row(sqlite_database: Database, now: datetime) -> None:
    result = _accept(sqlite_database, now, *([_line()] * 10_000))
    assert (result.kept, result.duplicate) == (1, 9_999)


def test_more_lines_than_one_statement_holds(database: Database, now: datetime) -> None:
    lines = [_line(str(number)) for number in range(1_201)]
    assert _accept(database, now, *lines).kept == 1_201
    assert _accept(database, now, *lines).duplicate == 1_201


def test_the_same_id_on_another_platform_is_another(database: Database, now: datetime) -> None:
    assert _accept(database, now, _line(), _line(platform="discuz")).kept == 2


def test_counts_are_refreshed_and_the_unknown_is_not_zero(
    database: Database, now: datetime
) -> None:
    _accept(database, now, _line(counts={"likes": 3, "views": 9}))
    result = _accept(database, now, _line(counts={"likes": 5, "comments": 0}))
    assert result.updated == 1
    row = _one(database)
    assert (row.likes, row.comments, row.views, row.reposts) == (5, 0, 9, None)


def test_an_edit_is_kept_and_scored_again(database: Database, now: datetime) -> None:
    _accept(database, now, _line())
    with database.begin() as session:
        session.add(topic := Topic(name="奶粉", query="奶粉", created=now))
        row = session.scalars(select(Mention)).one()
        row.model, row.labels = "m1", 1
        session.flush()
        session.add(MentionTopic(mention_id=row.id, topic_id=topic.id, published=row.published))
        count(session, [Tally(topic.id, "weibo", row.published, 1)])
        number, moment = topic.id, row.published
    later = now + timedelta(hours=1)
    assert _accept(database, later, _line(text="官方说明了，可以喝")).updated == 1
    row = _one(database)
    assert (row.text, row.edited, row.model, row.labels) == ("官方说明了，可以喝", later, None, 0)
    with database.read() as session:
        (cell,) = read(session, number, moment, moment + timedelta(minutes=1))
        assert set(cell.values.values()) == {0}
        assert session.scalar(select(func.count()).select_from(MentionTopic)) == 0


@pytest.mark.parametrize("text", ["", "   ", "这款奶粉…", "这款奶粉还能..."])
def test_a_shortened_second_look_is_no_edit(database: Database, now: datetime, text: str) -> None:
    _accept(database, now, _line())
    _accept(database, now, _line(text=text, title="标题"))
    assert _one(database).text == "这款奶粉还能喝吗"


def test_a_deletion_is_noted_once_and_the_words_stay(database: Database, now: datetime) -> None:
    _accept(database, now, _line())
    assert _accept(database, now, _line(deleted=now.isoformat())).updated == 1
    _accept(database, now, _line(deleted=(now + timedelta(hours=1)).isoformat()))
    row = _one(database)
    assert (row.deleted, row.text) == (now, "这款奶粉还能喝吗")


def test_what_is_gone_needs_neither_words_nor_time(database: Database, now: datetime) -> None:
    _accept(database, now, _line())
    gone = _line(text="", published=None, deleted=now.isoformat())
    assert _accept(database, now, gone).updated == 1
    assert _one(database).deleted == now
    unknown = _line("2", text="", published=None, deleted=now.isoformat())
    assert _accept(database, now, unknown).dropped == {"no_time": 1}


@pytest.mark.parametrize("moment", ["2099-01-01T00:00:00Z", "1970-01-01T00:00:00Z"])
def test_a_time_of_edit_or_deletion_that_cannot_be_is_when_we_saw_it(
    database: Database, now: datetime, moment: str
) -> None:
    _accept(database, now, _line(edited=moment))
    assert _one(database).edited == now
    later = now + timedelta(hours=1)
    _accept(database, later, _line(text="官方说明了，可以喝", edited=moment, deleted=moment))
    row = _one(database)
    assert (row.edited, row.deleted) == (later, later)


def test_an_unsound_line_does_not_hide_a_sound_one(database: Database, now: datetime) -> None:
    result = _accept(database, now, _line(text=""), _line(), _line())
    assert (result.kept, result.duplicate, result.dropped) == (1, 1, {"empty": 1})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"published": None}, "no_time"),
        ({"published": "2099-01-01T00:00:00Z"}, "future"),
        ({"published": "1970-01-01T00:00:00Z"}, "too_old"),
        ({"published": "0001-01-01T00:00:00+14:00"}, "too_old"),
        ({"published": "9999-12-31T23:59:59-12:00"}, "future"),
        ({"text": " \n ", "title": ""}, "empty"),
    ],
)
def test_what_cannot_be_so_is_refused_with_its_reason_and_nothing_else_lost(
    database: Database, now: datetime, change: dict[str, Any], reason: str
) -> None:
    result = _accept(database, now, _line("1", **change), _line("2"))
    assert result.dropped == {reason: 1}
    assert result.kept == 1


def test_a_platforms_clock_may_run_a_little_ahead(database: Database, now: datetime) -> None:
    latest = now + SKEW
    result = _accept(
        database,
        now,
        _line("1", published=latest.isoformat()),
        _line("2", published=(latest + timedelta(seconds=1)).isoformat()),
    )
    assert (result.kept, result.dropped) == (1, {"future": 1})


def test_only_the_pseudonym_is_with_the_words(database: Database, now: datetime) -> None:
    _accept(database, now, _line())
    row = _one(database)
    assert row.author == SEAL.pseudonym("weibo", "77")
    with database.read() as session:
        name = session.scalars(select(AuthorName)).one()
    assert name.author == row.author
    assert "小王" not in name.sealed
    assert SEAL.open(name.sealed) == "小王爱喝奶"
    assert name.expires > now + timedelta(days=183)


def test_who_goes_on_writing_keeps_the_name_longer(database: Database, now: datetime) -> None:
    _accept(database, now, _line("1"))
    with database.read() as session:
        before = session.scalars(select(AuthorName.expires)).one()
    _accept(database, now + timedelta(days=30), _line("2"))
    with database.read() as session:
        assert session.scalars(select(AuthorName.expires)).one() == before + timedelta(days=30)


def test_no_author_is_no_pseudonym(database: Database, now: datetime) -> None:
    _accept(database, now, _line(author=None), _line("2", author={"followers": 5}))
    with database.read() as session:
        assert set(session.scalars(select(Mention.author))) == {None}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    batches=st.lists(
        st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), max_size=6), max_size=5
    )
)
def test_whatever_is_crawled_in_whatever_order_each_id_is_one_row_with_the_latest_counts(
    sqlite_database: Database, now: datetime, batches: list[list[tuple[int, int]]]
) -> None:
    latest: dict[str, int] = {}
    with sqlite_database.read() as session:
        total = Intake()
        for batch in batches:
            lines = [_line(str(number), counts={"likes": likes}) for number, likes in batch]
            total.add(accept(session, lines, SEAL, now))
            seen: set[int] = set()
            for number, likes in batch:
                if number not in seen:
                    latest[str(number)] = likes
                seen.add(number)
        rows = session.execute(select(Mention.platform_id, Mention.likes)).all()
        assert {row[0]: row[1] for row in rows} == latest
        assert len(rows) == total.kept
        assert total.kept + total.updated + total.duplicate == sum(map(len, batches))


def test_two_crawls_that_meet_the_same_posts_both_land(database: Database, now: datetime) -> None:
    failures: list[BaseException] = []
    start = threading.Barrier(2)

    def crawl() -> None:
        try:
            start.wait()
            for first in range(0, 50, 10):
                _accept(database, now, *[_line(str(n)) for n in range(first, first + 15)])
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=crawl) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Mention)) == 55
