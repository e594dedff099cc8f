"""The outbox: one row a sending, written with its cause, claimed before it is sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base


class DeliveryState(StrEnum):
    """Where a sending stands; ``failed`` is final and shown to people."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


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
    next_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    sent: Mapped[datetime | None]
    receipt: Mapped[str | None]


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
    session: Session, now: datetime, limit: int = 20, lease: timedelta = timedelta(minutes=5)
) -> list[Delivery]:
    """Take due rows for this sender: they are ``sending`` until reported or the lease ends.

    A row whose sender died comes due again when its lease (in ``next_at``) has passed.
    """
    due = (
        select(Delivery.id)
        .where(Delivery.next_at <= now)
        .where(or_(Delivery.state == DeliveryState.DUE, Delivery.state == DeliveryState.SENDING))
        .order_by(Delivery.next_at, Delivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(session.scalars(due))
    if not ids:
        return []
    session.execute(
        update(Delivery)
        .where(Delivery.id.in_(ids))
        .values(state=DeliveryState.SENDING, next_at=now + lease, attempts=Delivery.attempts + 1)
    )
    wanted = select(Delivery).where(Delivery.id.in_(ids)).order_by(Delivery.id)
    return list(session.scalars(wanted.execution_options(populate_existing=True)))
