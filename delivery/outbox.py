"""The outbox worked off: claim, send with no transaction open, record; back off and give up."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from delivery.undeliverable import Undeliverable, because, store
from storage import delivery as store_of
from storage.base import Database
from storage.delivery import Delivery, Turn

log = logging.getLogger(__name__)

#: Waits after the 1st, 2nd, … failure. Greylisting opens within 15 minutes (RFC 6647 §4.1 asks
#: servers for less), a mail server's bad night is over in a day: 8 waits add up to 23 h 21 min.
WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 120, 240, 480, 480))
DOUBT = "delivery.in_doubt"
#: How long a message may wait for a sender before it counts as failed.
PATIENCE = timedelta(hours=24)
#: How long a sender may be at one message; longer than any of its own time limits together.
LEASE = timedelta(minutes=10)


@dataclass(frozen=True)
class Outgoing:
    """One message as a sender gets it.

    Attributes:
        key: the delivery's key; the same at every try.
        address: where it goes.
        payload: what the channel needs, JSON-able.
        created: when it was written (UTC).
    """

    key: str
    address: str
    payload: Mapping[str, Any]
    created: datetime


class Sender(Protocol):
    """One channel."""

    def send(self, message: Outgoing) -> str:
        """Hand the message over and return the receipt.

        Raises:
            Undeliverable: it did not go out.
        """


@dataclass(frozen=True)
class SendReport:
    """What one run did: messages sent, put off, and given up."""

    sent: int = 0
    retried: int = 0
    failed: int = 0


def send_due(
    database: Database,
    clock: Callable[[], datetime],
    senders: Mapping[str, Sender],
    limit: int = 50,
) -> SendReport:
    """Send what is due, one message at a time, so that a crash leaves at most one in doubt.

    A message whose sender died while handing it over is tried once more under the same message
    id; when that ends in doubt too, it is failed and a person decides. A channel that is broken
    for everyone is tried once a run; its other due messages share the failure.
    """
    counts = {"sent": 0, "retried": 0, "failed": 0}
    broken: dict[str, Undeliverable] = {}
    counts["failed"] += _settle(database, clock(), tuple(senders))
    for _ in range(limit):
        claimed = _claim(database, clock(), tuple(senders))
        if claimed is None:
            break
        counts[_one(database, clock, claimed, senders, broken)] += 1
    return SendReport(**counts)


def _claim(database: Database, now: datetime, channels: tuple[str, ...]) -> Delivery | None:
    with database.begin() as session:
        rows = store_of.claim(session, now, limit=1, lease=LEASE, channels=channels)
        return rows[0] if rows else None


def _one(
    database: Database,
    clock: Callable[[], datetime],
    row: Delivery,
    senders: Mapping[str, Sender],
    broken: dict[str, Undeliverable],
) -> str:
    """Send one claimed row and record what came of it; return which count it adds to."""
    turn = Turn(row.id, row.attempts)
    try:
        if row.channel in broken:
            raise broken[row.channel]
        message = Outgoing(row.key, row.address, row.payload, row.created)
        receipt = senders[row.channel].send(message)
    except Undeliverable as error:
        if error.everyone:
            broken[row.channel] = error
        return _put_off(database, clock(), row, error)
    with database.begin() as session:
        store_of.record_sent(session, turn, clock(), receipt)
    return "sent"


def _put_off(database: Database, now: datetime, row: Delivery, error: Undeliverable) -> str:
    turn = Turn(row.id, row.attempts)
    doubtful = error.reason.key == DOUBT
    given_up = error.final or (doubtful and row.receipt == store_of.IN_DOUBT)
    at = None if given_up else next_try(row, now)
    log.warning("delivery %s (%s): %s", row.key, row.channel, error)
    with database.begin() as session:
        if at is None:
            store_of.record_failed(session, turn, now, error.stored)
            return "failed"
        store_of.record_retry(session, turn, at, error.stored, doubtful=doubtful)
    return "retried"


def next_try(row: Delivery, now: datetime) -> datetime | None:
    """Return when to try again after the failure of ``row``'s latest attempt; None gives up."""
    if row.attempts > len(WAITS):
        return None
    at = now + WAITS[row.attempts - 1]
    return at if at <= row.created + PATIENCE else None


def _settle(database: Database, now: datetime, channels: tuple[str, ...]) -> int:
    """Deal with rows whose sender died, and with those no sender is set up for."""
    failures = 0
    with database.begin() as session:
        for row in store_of.lost(session, now):
            turn, error = Turn(row.id, row.attempts), store(because("in_doubt", host=row.channel))
            if row.receipt == store_of.IN_DOUBT:
                failures += store_of.record_failed(session, turn, now, error)
            else:
                store_of.record_retry(session, turn, now, error, doubtful=True)
        hours = int(PATIENCE / timedelta(hours=1))
        for row in store_of.unsendable(session, channels, now - PATIENCE):
            reason = because("no_sender", channel=row.channel, hours=hours)
            failures += store_of.record_failed(
                session, Turn(row.id, row.attempts), now, store(reason)
            )
    return failures
