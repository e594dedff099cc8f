"""The outbox: written once, taken by one sender at a time, missed when that one dies."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from storage.base import Database
from storage.delivery import Delivery, DeliveryState, claim, lost, put

LEASE = timedelta(minutes=5)


def _row(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "channel": "mail", "address": "a@b.cn", "payload": {"subject": key}} | more


def _write(database: Database, now: datetime, *keys: str) -> None:
    with database.begin() as session:
        put(session, [_row(key) for key in keys], now)


def _claim(database: Database, now: datetime, limit: int = 20) -> list[str]:
    with database.begin() as session:
        return [row.key for row in claim(session, now, limit, LEASE)]


def test_a_key_is_written_once(database: Database, now: datetime) -> None:
    _write(database, now, "1", "2", "1")
    with database.begin() as session:
        put(session, [_row("2", address="other@b.cn")], now + LEASE)
    with database.read() as session:
        rows = session.scalars(select(Delivery).order_by(Delivery.key)).all()
    assert [(row.key, row.address, row.state) for row in rows] == [
        ("1", "a@b.cn", "due"),
        ("2", "a@b.cn", "due"),
    ]


def test_a_claimed_row_is_nobody_elses(database: Database, now: datetime) -> None:
    _write(database, now, "1", "2", "3")
    assert _claim(database, now, limit=2) == ["1", "2"]
    assert _claim(database, now) == ["3"]
    assert _claim(database, now) == []


def test_what_is_not_due_yet_stays(database: Database, now: datetime) -> None:
    _write(database, now + timedelta(seconds=1), "1")
    assert _claim(database, now) == []
    assert _claim(database, now + timedelta(seconds=1)) == ["1"]


def test_a_dead_senders_row_is_lost_when_its_lease_ends(database: Database, now: datetime) -> None:
    _write(database, now, "1")
    _claim(database, now)
    with database.begin() as session:
        assert lost(session, now + LEASE - timedelta(seconds=1)) == []
        (row,) = lost(session, now + LEASE)
    assert (row.key, row.attempts, row.state) == ("1", 1, DeliveryState.SENDING)
    assert _claim(database, now + LEASE) == []


def test_sent_and_failed_are_final(database: Database, now: datetime) -> None:
    _write(database, now, "1", "2")
    with database.begin() as session:
        for row, state in zip(claim(session, now), ("sent", "failed"), strict=True):
            row.state = DeliveryState(state)
    assert _claim(database, now + timedelta(days=9)) == []


def test_the_payload_comes_back_as_it_went_in(database: Database, now: datetime) -> None:
    payload = {"subject": "主题 \U0001f600", "parts": [1, None, {"a": "</script>"}]}
    with database.begin() as session:
        put(session, [_row("1", payload=payload)], now)
    with database.begin() as session:
        assert claim(session, now)[0].payload == payload


def test_two_senders_at_once_never_take_the_same_row(database: Database, now: datetime) -> None:
    keys = [f"{number:03}" for number in range(60)]
    _write(database, now, *keys)
    taken: list[list[str]] = [[], []]
    failures: list[BaseException] = []
    start = threading.Barrier(2)

    def send(mine: list[str]) -> None:
        try:
            start.wait()
            while batch := _claim(database, now, limit=7):
                mine.extend(batch)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=send, args=(mine,)) for mine in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(taken[0] + taken[1]) == keys
