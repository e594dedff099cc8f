"""Schedules: due when their time has come, taken by one worker, free again after its lease."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest

from storage.base import Database
from storage.schedule import Schedule, due, take

LEASE = timedelta(minutes=10)


@pytest.fixture
def number(database: Database, now: datetime) -> int:
    with database.begin() as session:
        session.add(row := Schedule(name="抓取", work="crawl", every=60, next_at=now))
        session.flush()
        return row.id


def _due(database: Database, now: datetime) -> list[str]:
    with database.read() as session:
        return [row.name for row in due(session, now)]


def _take(database: Database, number: int, now: datetime) -> bool:
    with database.begin() as session:
        return take(session, number, now, LEASE)


def test_due_at_its_time_and_not_before(database: Database, number: int, now: datetime) -> None:
    assert _due(database, now - timedelta(microseconds=1)) == []
    assert _due(database, now) == ["抓取"]


def test_taken_once_until_the_lease_ends(database: Database, number: int, now: datetime) -> None:
    assert _take(database, number, now)
    assert not _take(database, number, now)
    assert _due(database, now) == []
    assert _due(database, now + LEASE) == ["抓取"]
    assert _take(database, number, now + LEASE)


def test_too_early_is_not_taken(database: Database, number: int, now: datetime) -> None:
    assert not _take(database, number, now - timedelta(seconds=1))


def test_switched_off_is_never_due(database: Database, number: int, now: datetime) -> None:
    with database.begin() as session:
        session.get_one(Schedule, number).enabled = False
    assert _due(database, now) == []


def test_oldest_first(database: Database, number: int, now: datetime) -> None:
    with database.begin() as session:
        earlier = now - timedelta(hours=1)
        session.add(Schedule(name="摘要", work="digest", daily="08:00", next_at=earlier))
    assert _due(database, now) == ["摘要", "抓取"]


def test_of_workers_at_once_only_one_takes_it(
    database: Database, number: int, now: datetime
) -> None:
    results: list[bool] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        results.append(_take(database, number, now))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, False, False, True]
