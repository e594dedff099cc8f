"""Watched subjects, the sources that feed them, and each crawl of a source."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Select, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base


class Topic(Base):
    """A brand, product or matter under watch."""

    __tablename__ = "topic"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    query: Mapped[str]
    created: Mapped[datetime]
    archived: Mapped[datetime | None]


class Source(Base):
    """What is fetched and how often; ``state`` is the cursor its last visit left."""

    __tablename__ = "source"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    url: Mapped[str]
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[dict[str, Any]] = mapped_column(default=dict)
    enabled: Mapped[bool] = mapped_column(default=True)
    created: Mapped[datetime]
    robots_override_by: Mapped[str | None] = mapped_column(String(200))
    robots_override_reason: Mapped[str | None]
    robots_override_at: Mapped[datetime | None]


class Visit(Base):
    """One crawl of one source and what came of it; ``outcome`` is empty while it runs."""

    __tablename__ = "visit"

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), index=True)
    started: Mapped[datetime] = mapped_column(index=True)
    ended: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(40))
    fetched: Mapped[int] = mapped_column(default=0)
    kept: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    duplicate: Mapped[int] = mapped_column(default=0)
    dropped: Mapped[dict[str, Any]] = mapped_column(default=dict)
    capped: Mapped[bool] = mapped_column(default=False)
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


def live_topics(session: Session) -> list[Topic]:
    """Return the topics under watch, oldest first."""
    return list(session.scalars(select(Topic).where(Topic.archived.is_(None)).order_by(Topic.id)))


def last_visits(session: Session, source_id: int, limit: int = 20) -> list[Visit]:
    """Return the latest visits of a source, newest first."""
    wanted = select(Visit).where(Visit.id.in_(_newest(source_id, limit)))
    return list(session.scalars(wanted.order_by(Visit.started.desc(), Visit.id.desc())))


def last_outcomes(session: Session, source_id: int, limit: int) -> list[str]:
    """Return what the latest of a source's visits came to, newest first; a running one is none."""
    wanted = select(Visit.outcome).where(Visit.id.in_(_newest(source_id, limit)))
    found = session.scalars(wanted.order_by(Visit.started.desc(), Visit.id.desc()))
    return [outcome for outcome in found if outcome is not None]


def forget_visits(session: Session, before: datetime) -> None:
    """Delete the visits started before a moment, but for a source's last one of each outcome."""
    last = select(func.max(Visit.id)).group_by(Visit.source_id, Visit.outcome)
    session.execute(delete(Visit).where(Visit.started < before, Visit.id.not_in(last)))


def _newest(source_id: int, limit: int) -> Select[int]:
    # By id, which the index of sources holds in order: years of visits are not to be sorted.
    wanted = select(Visit.id).where(Visit.source_id == source_id)
    return wanted.order_by(Visit.id.desc()).limit(limit)
