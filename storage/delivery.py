"""The outbox: one row a sending, written with its cause, claimed before it is sent."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ForeignKey, Index, String, case, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base

#: The receipt of a message that was handed over without an answer.
IN_DOUBT = "in doubt"


class DeliveryState(StrEnum):
    """Where a sending stands; ``failed`` waits for a person, who tries again or sets it aside."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


class Delivery(Base):
    """One message to one address through one channel; ``key`` makes writing it twice harmless."""

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_due", "state", "next_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    channel: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(500))
    payload: Mapped[dict[str, Any]]
    alert_id: Mapped[int | None] = mapped_column(
        ForeignKey("alert.id", ondelete="CASCADE"), index=True
    )
    release_id: Mapped[int | None] = mapped_column(
        ForeignKey("release.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[str] = mapped_column(String(20), default=DeliveryState.DUE.value)
    created: Mapped[datetime]
    #: When to try (``due``), or until when a sender may be at it (``sending``).
    next_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    #: Why the last try failed, as JSON of a catalogue key and its values.
    error: Mapped[str | None]
    sent: Mapped[datetime | None]
    receipt: Mapped[str | None]


class Turn(NamedTuple):
    """One claim on one row; a result is recorded only by the claim that is still the latest."""

    id: int
    attempts: int


def put(session: Session, rows: Iterable[dict[str, Any]], now: datetime) -> None:
    """Write outbox rows in the caller's transaction; a key already there is left as it is.

    Each row holds ``key, channel, address, payload`` and optionally ``alert_id``, ``release_id``.
    """
    sqlite_here = session.get_bind().dialect.name == "sqlite"
    insert = (sqlite.insert if sqlite_here else postgresql.insert)(Delivery)
    for row in rows:
        full = {"state": DeliveryState.DUE.value, "created": now, "next_at": now, "attempts": 0}
        session.execute(insert.on_conflict_do_nothing(index_elements=["key"]), full | row)


def claim(
    session: Session,
    now: datetime,
    limit: int = 20,
    lease: timedelta = timedelta(minutes=5),
    channels: Collection[str] | None = None,
) -> list[Delivery]:
    """Take due rows for this sender: they are ``sending`` until reported or the lease ends.

    Rows whose sender died are not taken here; see ``lost``.
    """
    due = select(Delivery.id).where(Delivery.state == DeliveryState.DUE, Delivery.next_at <= now)
    if channels is not None:
        due = due.where(Delivery.channel.in_(channels))
    due = due.order_by(Delivery.next_at, Delivery.id).limit(limit)
    ids = list(session.scalars(due.with_for_update(skip_locked=True)))
    if not ids:
        return []
    session.execute(
        update(Delivery)
        .where(Delivery.id.in_(ids))
        .values(state=DeliveryState.SENDING, next_at=now + lease, attempts=Delivery.attempts + 1)
    )
    wanted = select(Delivery).where(Delivery.id.in_(ids)).order_by(Delivery.next_at, Delivery.id)
    return list(session.scalars(wanted.execution_options(populate_existing=True)))


def lost(session: Session, now: datetime, limit: int = 100) -> list[Delivery]:
    """Return the rows whose sender went away without a word: they may have gone out or not."""
    wanted = (
        select(Delivery)
        .where(Delivery.state == DeliveryState.SENDING, Delivery.next_at <= now)
        .order_by(Delivery.next_at, Delivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(wanted))


def unsendable(
    session: Session, channels: Collection[str], before: datetime, limit: int = 100
) -> list[Delivery]:
    """Return due rows written before ``before`` for which no sender of ``channels`` exists."""
    wanted = (
        select(Delivery)
        .where(Delivery.state == DeliveryState.DUE, Delivery.created < before)
        .where(Delivery.channel.not_in(channels))
        .order_by(Delivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(wanted))


def record_sent(session: Session, turn: Turn, now: datetime, receipt: str) -> bool:
    """Record success; False when this turn is no longer the latest."""
    return _record(
        session,
        turn,
        state=DeliveryState.SENT,
        sent=now,
        next_at=now,
        receipt=receipt[:1_000],
        error=None,
    )


def record_retry(
    session: Session, turn: Turn, at: datetime, error: str, *, doubtful: bool = False
) -> bool:
    """Record a failure that is tried again ``at``; False when this turn is not the latest.

    ``doubtful`` marks for good that the message may have gone out.
    """
    mark = {"receipt": IN_DOUBT} if doubtful else {}
    return _record(session, turn, state=DeliveryState.DUE, next_at=at, error=error, **mark)


def record_failed(session: Session, turn: Turn, now: datetime, error: str) -> bool:
    """Record that it is given up; False when this turn is not the latest."""
    return _record(session, turn, state=DeliveryState.FAILED, next_at=now, error=error)


def _record(session: Session, turn: Turn, **values: Any) -> bool:
    changed = session.execute(
        update(Delivery)
        .where(Delivery.id == turn.id, Delivery.attempts == turn.attempts)
        .where(Delivery.state.in_((DeliveryState.SENDING, DeliveryState.DUE)))
        .values(**values)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def retry(session: Session, delivery_id: int, now: datetime) -> bool:
    """Let a person try a failed sending again from the start; False when it has not failed."""
    changed = session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state == DeliveryState.FAILED)
        .values(
            state=DeliveryState.DUE, next_at=now, created=now, attempts=0, error=None, receipt=None
        )
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def drop(session: Session, delivery_id: int) -> bool:
    """Let a person set a failed sending aside for good; False when it has not failed."""
    mine = (Delivery.id == delivery_id, Delivery.state == DeliveryState.FAILED)
    changed = session.execute(update(Delivery).where(*mine).values(state=DeliveryState.DROPPED))
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def forget_sent(session: Session, before: datetime) -> None:
    """Delete mails written before a moment that were sent or set aside: they quote posts."""
    done = Delivery.state.in_((DeliveryState.SENT, DeliveryState.DROPPED))
    mine = (done, Delivery.release_id.is_(None), Delivery.created < before)
    session.execute(delete(Delivery).where(*mine))


def readdress(session: Session, old: str, new: str) -> None:
    """Send to another address what is due to one, and what failed there when it is tried again."""
    owed = Delivery.state.in_((DeliveryState.DUE, DeliveryState.FAILED))
    session.execute(update(Delivery).where(owed, Delivery.address == old).values(address=new))


def latest(session: Session, limit: int) -> list[Delivery]:
    """Return sendings, those given up first, then the newest."""
    ids: list[int] = []
    # Through the index, state by state: a row holds a whole message, and reading all takes long.
    for state in DeliveryState:
        here = select(Delivery.id).where(Delivery.state == state)
        ids += session.scalars(here.order_by(Delivery.next_at.desc()).limit(limit))
    failed_first = case((Delivery.state == DeliveryState.FAILED, 0), else_=1)
    wanted = select(Delivery).where(Delivery.id.in_(ids))
    wanted = wanted.order_by(failed_first, Delivery.created.desc(), Delivery.id.desc())
    return list(session.scalars(wanted.limit(limit)))


def states(session: Session) -> dict[str, int]:
    """Return how many sendings stand in each state."""
    wanted = select(Delivery.state, func.count()).group_by(Delivery.state)
    return {row[0]: row[1] for row in session.execute(wanted)}
