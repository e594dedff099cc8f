"""Mood models kept in the database, so that every host scores by the same one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from storage.base import Base

#: Largest model that is kept, in bytes.
LARGEST = 10 * 1024 * 1024


class MoodModelRow(Base):
    """A model that passed the gate: its file's bytes, what it reached, who made it and from what.

    ``figures`` is ``{"new": {...}, "old": {...}}``; ``lessons`` is how many corrections it learnt.
    """

    __tablename__ = "mood_model"

    version: Mapped[str] = mapped_column(String(80), primary_key=True)
    content: Mapped[bytes]
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    base: Mapped[str] = mapped_column(String(80))
    lessons: Mapped[int]
    made: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(200))


class ModelUse(Base):
    """From when a model was in use, and who said so; no version means the installation's own."""

    __tablename__ = "model_use"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str | None] = mapped_column(ForeignKey("mood_model.version"))
    since: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(200))


def in_use(session: Session) -> str | None:
    """Return the version of the kept model in use; None means the installation's own."""
    wanted = select(ModelUse.version).order_by(ModelUse.id.desc()).limit(1)
    return session.scalar(wanted)


def use(session: Session, version: str | None, by: str, now: datetime) -> None:
    """Put a kept model, or the installation's own, in use from now on."""
    session.add(ModelUse(version=version, since=now, by=by))


def content(session: Session, version: str) -> bytes | None:
    """Return the file of a kept model; None when there is no such model."""
    return session.scalar(select(MoodModelRow.content).where(MoodModelRow.version == version))


def kept(session: Session) -> list[tuple[MoodModelRow, datetime | None]]:
    """Return every kept model without its bytes and when it was last put in use, newest first."""
    last = {use.version: use.since for use in uses(session)}
    rows = select(MoodModelRow).options(defer(MoodModelRow.content, raiseload=True))
    return [
        (row, last.get(row.version))
        for row in session.scalars(rows.order_by(MoodModelRow.made.desc()))
    ]


def uses(session: Session) -> Sequence[ModelUse]:
    """Return which model was put in use when, oldest first."""
    return session.scalars(select(ModelUse).order_by(ModelUse.id)).all()
