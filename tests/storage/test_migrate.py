"""Migrations: from nothing to today's tables, on both databases, safely and only once."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import inspect, text

from storage.base import Database, DatabaseError
from storage.migrate import current, drift, head, pending, upgrade
from storage.tables import Base


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    database = Database(empty_url)
    yield database
    database.close()


def test_a_migrated_database_is_what_the_code_declares(empty: Database) -> None:
    assert current(empty) is None
    assert pending(empty)
    upgrade(empty)
    assert current(empty) == head()
    assert not pending(empty)
    assert drift(empty) == []


def test_a_database_made_from_the_code_shows_no_drift(database: Database) -> None:
    assert drift(database) == []


def test_drift_is_seen(empty: Database) -> None:
    upgrade(empty)
    with empty.begin() as session:
        session.execute(text("ALTER TABLE mention DROP COLUMN region"))
    assert "region" in str(drift(empty))


def test_migrating_again_changes_nothing(empty: Database) -> None:
    upgrade(empty)
    with empty.begin() as session:
        session.execute(
            text("INSERT INTO topic (name, query, created) VALUES ('甲', 'q', '2026-05-20')")
        )
    upgrade(empty)
    with empty.read() as session:
        assert session.scalar(text("SELECT count(*) FROM topic")) == 1


def test_two_programs_starting_at_once_both_succeed(empty_url: str) -> None:
    failures: list[BaseException] = []

    def start() -> None:
        database = Database(empty_url)
        try:
            upgrade(database)
        except BaseException as error:
            failures.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_newer_database_is_refused_with_what_to_do(empty: Database) -> None:
    upgrade(empty)
    with empty.begin() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match="9999"):
        upgrade(empty)


def test_foreign_keys_are_on_again_after_a_migration(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('fk') / 'a.db'}")
    upgrade(database)
    with database.read() as session:
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
    database.close()


def test_every_table_is_made(empty: Database) -> None:
    upgrade(empty)
    made = set(inspect(empty.engine).get_table_names())
    assert made == set(Base.metadata.tables) | {"alembic_version"}
