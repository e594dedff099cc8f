"""Claims on work: kept while the holder lives, free soon after it died, never held by two."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chengqing.leases import LEASE, Leases
from storage.base import Database
from storage.schedule import Schedule

NOW = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Hand:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def hand(database: Database) -> Hand:
    with database.begin() as session:
        session.add(Schedule(name="send", work="send", every=15, next_at=NOW, enabled=True))
    return Hand()


def _done(row: Schedule) -> None:
    row.error = "done"


def test_work_that_lasts_is_not_taken_over(database: Database, hand: Hand) -> None:
    one, two = Leases(database, hand), Leases(database, hand)
    assert one.take(1) is not None
    for _ in range(20):
        hand.at += LEASE / 4
        one.renew()
        assert two.take(1) is None
    ended = one.end(1, _done)
    assert ended is not None
    assert (ended.busy_until, ended.error) == (None, "done")


def test_what_a_killed_worker_held_is_free_after_a_minute(database: Database, hand: Hand) -> None:
    assert Leases(database, hand).take(1) is not None
    hand.at += LEASE - SECOND
    assert Leases(database, hand).take(1) is None
    hand.at += SECOND
    assert Leases(database, hand).take(1) is not None


def test_a_worker_that_slept_too_long_neither_repeats_nor_overrules(
    database: Database, hand: Hand
) -> None:
    slept, other = Leases(database, hand), Leases(database, hand)
    assert slept.take(1) is not None
    hand.at += 2 * LEASE
    assert slept.take(1) is None, "its own work is still going on"
    assert other.take(1) is not None
    slept.renew()
    assert slept.end(1, _done) is None
    with database.read() as session:
        row = session.get_one(Schedule, 1)
    assert (row.busy_until, row.error) == (hand.at + LEASE, None)
    assert other.end(1, _done) is not None


def test_a_worker_that_slept_alone_goes_on(database: Database, hand: Hand) -> None:
    slept = Leases(database, hand)
    slept.take(1)
    hand.at += 2 * LEASE
    slept.renew()
    assert Leases(database, hand).take(1) is None
    assert slept.end(1, _done) is not None
