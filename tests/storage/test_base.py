"""The database door: instants in UTC, short transactions, readers that stop nobody."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from storage.base import Database, DatabaseError
from storage.person import Person
from storage.topic import Topic

SHANGHAI = timezone(timedelta(hours=8))


def _topic(name: str, created: datetime) -> Topic:
    return Topic(name=name, query="甲", created=created)


def test_a_time_comes_back_as_the_same_moment_in_utc(database: Database) -> None:
    given = datetime(2026, 5, 20, 20, 30, 15, 123456, tzinfo=SHANGHAI)
    with database.begin() as session:
        session.add(_topic("甲", given))
    with database.read() as session:
        found = session.scalars(select(Topic.created)).one()
    assert found == given
    assert found.utcoffset() == timedelta(0)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    moment=st.datetimes(
        datetime(1970, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
        datetime(2199, 1, 1),  # noqa: DTZ001
        timezones=st.timezones() | st.just(UTC),
        allow_imaginary=False,
    )
)
def test_any_aware_time_makes_the_round_trip(sqlite_database: Database, moment: datetime) -> None:
    with sqlite_database.read() as session:
        session.add(topic := _topic("甲", moment))
        session.flush()
        session.refresh(topic)
        assert topic.created == moment.astimezone(UTC)
        assert topic.created.utcoffset() == timedelta(0)


def test_times_are_compared_as_moments(database: Database, now: datetime) -> None:
    with database.begin() as session:
        session.add(_topic("早", now.astimezone(SHANGHAI)))
        session.add(_topic("晚", now + timedelta(seconds=1)))
    with database.read() as session:
        wanted = select(Topic.name).where(Topic.created <= now.astimezone(SHANGHAI))
        assert list(session.scalars(wanted)) == ["早"]


def test_a_naive_time_is_refused(database: Database) -> None:
    naive = datetime(2026, 5, 20)  # noqa: DTZ001
    with pytest.raises(StatementError, match="naive time"), database.begin() as session:
        session.add(_topic("甲", naive))


def test_what_raises_is_rolled_back_whole(database: Database, now: datetime) -> None:
    def fail() -> None:
        with database.begin() as session:
            session.add(_topic("甲", now))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.read() as session:
        assert session.scalars(select(Topic)).all() == []


def test_nothing_done_while_reading_is_kept(database: Database, now: datetime) -> None:
    with database.read() as session:
        session.add(_topic("甲", now))
        session.flush()
    with database.read() as session:
        assert session.scalars(select(Topic)).all() == []


def test_a_reader_stops_no_writer_and_sees_one_moment(database: Database, now: datetime) -> None:
    with database.read() as reader:
        assert reader.scalars(select(Topic)).all() == []
        with database.begin() as writer:
            writer.add(_topic("甲", now))
        assert reader.scalars(select(Topic)).all() == []
    with database.read() as reader:
        assert len(reader.scalars(select(Topic)).all()) == 1


def test_reading_goes_on_while_another_writes(database: Database, now: datetime) -> None:
    with database.begin() as writer:
        writer.add(_topic("甲", now))
        writer.flush()
        with database.read() as reader:
            assert reader.scalars(select(Topic)).all() == []


def test_two_writers_wait_for_each_other_and_lose_nothing(
    database: Database, now: datetime
) -> None:
    with database.begin() as session:
        session.add(topic := _topic("0", now))
        session.flush()
        number = topic.id
    failures: list[BaseException] = []

    def add() -> None:
        try:
            for _ in range(10):
                with database.begin() as session:
                    found = session.get_one(Topic, number, with_for_update=True)
                    found.query = f"{found.query}x"
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with database.read() as session:
        assert session.get_one(Topic, number).query == "甲" + "x" * 20


def test_a_writer_that_waits_too_long_is_told(sqlite_database: Database, now: datetime) -> None:
    with sqlite_database.begin() as first:
        first.execute(text("PRAGMA busy_timeout=1"))
        first.add(_topic("甲", now))
        first.flush()
        other = Database(str(sqlite_database.engine.url))
        with other.engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            assert raw is not None
            raw.cursor().execute("PRAGMA busy_timeout=1")
        with pytest.raises(OperationalError, match="locked"), other.begin() as second:
            second.execute(text("SELECT 1"))
        other.close()


def test_foreign_keys_hold(database: Database, now: datetime) -> None:
    with pytest.raises(Exception, match=r"(?i)foreign key"), database.begin() as session:
        session.execute(
            text(
                "INSERT INTO visit (source_id, started, fetched, kept, updated, duplicate,"
                " dropped, capped, detail) VALUES (99, '2026-05-20', 0, 0, 0, 0, '{}', false, '{}')"
            )
        )


def test_an_error_tells_no_secret_that_was_to_be_written(database: Database, now: datetime) -> None:
    twice = {"email": "a@b.c", "name": "甲", "password": "$argon2id$secret", "created": now}
    with pytest.raises(IntegrityError) as raised, database.begin() as session:
        session.add_all([Person(**twice), Person(**twice)])
    assert "INSERT INTO person" in str(raised.value)
    assert "secret" not in str(raised.value)


def test_an_sqlite_folder_is_made_for_a_database_that_begins(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/new/folder/a.db")
    assert not (tmp_path / "new").exists()
    database.prepare()
    with database.begin() as session:
        session.execute(text("CREATE TABLE a (b int)"))
    database.close()
    assert (tmp_path / "new/folder/a.db").exists()


@pytest.mark.parametrize("url", ["", "chengqing.db", "::", "mysql://host/name", "oracle://x"])
def test_an_address_of_another_kind_is_refused_in_words(url: str) -> None:
    with pytest.raises(DatabaseError, match=r"SQLite|sqlite"):
        Database(url)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_is_understood(scheme: str) -> None:
    database = Database(f"{scheme}://user@host/name")
    assert database.engine.dialect.driver == "psycopg"
    assert not database.is_sqlite
    database.close()
