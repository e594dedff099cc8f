"""Schedules as rows of our own: what runs, how often, when next, and how it went."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base


class Schedule(Base):
    """One recurring piece of work: every ``every`` seconds, or daily at ``daily`` (HH:MM)."""

    __tablename__ = "schedule"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    work: Mapped[str] = mapped_column(String(40))
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    every: Mapped[int | None]
    daily: Mapped[str | None] = mapped_column(String(5))
    enabled: Mapped[bool] = mapped_column(default=True)
    next_at: Mapped[datetime] = mapped_column(index=True)
    last_at: Mapped[datetime | None]
    #: While set and not passed, another worker is at it.
    busy_until: Mapped[datetime | None]
    error: Mapped[str | None]


def due(session: Session, now: datetime) -> list[Schedule]:
    """Return what should have started by ``now`` and nobody is at."""
    free = or_(Schedule.busy_until.is_(None), Schedule.busy_until <= now)
    wanted = select(Schedule).where(Schedule.enabled, Schedule.next_at <= now, free)
    return list(session.scalars(wanted.order_by(Schedule.next_at, Schedule.id)))


def take(session: Session, schedule_id: int, now: datetime, lease: timedelta) -> bool:
    """Claim a schedule for this worker; False when another was faster."""
    free = or_(Schedule.busy_until.is_(None), Schedule.busy_until <= now)
    taken = session.execute(
        update(Schedule)
        .where(Schedule.id == schedule_id, Schedule.next_at <= now, free)
        .values(busy_until=now + lease)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def renew(session: Session, schedule_id: int, held: datetime, until: datetime) -> bool:
    """Let a claim last until another moment; False when it is no longer this worker's."""
    mine = Schedule.id == schedule_id, Schedule.busy_until == held
    kept = session.execute(update(Schedule).where(*mine).values(busy_until=until))
    return bool(kept.rowcount)  # type: ignore[attr-defined]
