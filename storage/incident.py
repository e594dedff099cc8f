"""Incidents, the spikes that make them, what the public asks in them, and what people were told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base


class Incident(Base):
    """One affair of one topic: opened once, growing, closed once."""

    __tablename__ = "incident"

    id: Mapped[int] = mapped_column(primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(200), default="")
    opened: Mapped[datetime]
    last_spike: Mapped[datetime]
    closed: Mapped[datetime | None]
    severity: Mapped[int] = mapped_column(default=1)
    severity_why: Mapped[dict[str, Any]] = mapped_column(default=dict)
    stage: Mapped[str] = mapped_column(String(20))
    stage_at: Mapped[datetime]
    stage_why: Mapped[dict[str, Any]] = mapped_column(default=dict)
    words: Mapped[list[Any]] = mapped_column(default=list)
    #: Folded groups of what its spikes said, newest last.
    groups: Mapped[list[Any]] = mapped_column(default=list)
    #: The newest mention that was asked who carries it; 0 asks all of the affair anew.
    heard: Mapped[int] = mapped_column(default=0)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    acknowledged: Mapped[datetime | None]


class StageChange(Base):
    """One step of an incident's stage, with its reason as catalogue key and values."""

    __tablename__ = "stage_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    stage: Mapped[str] = mapped_column(String(20))
    why: Mapped[dict[str, Any]] = mapped_column(default=dict)


class SpikeRow(Base):
    """One spike of one curve, kept with the incident it belongs to."""

    __tablename__ = "spike"
    __table_args__ = (UniqueConstraint("topic_id", "mood", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"))
    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    mood: Mapped[str] = mapped_column(String(20))
    score: Mapped[float]
    rarity: Mapped[float]
    observed: Mapped[float]
    expected: Mapped[float]
    low: Mapped[float]
    high: Mapped[float]
    why: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Concern(Base):
    """A question or claim of the public within an incident; ``key`` survives new posts."""

    __tablename__ = "concern"
    __table_args__ = (UniqueConstraint("incident_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), index=True
    )
    key: Mapped[str] = mapped_column(String(64))
    question: Mapped[str]
    #: Posts; 0 where others hold them now.
    size: Mapped[int]
    growth: Mapped[float] = mapped_column(default=0.0)
    moods: Mapped[dict[str, Any]] = mapped_column(default=dict)
    words: Mapped[list[Any]] = mapped_column(default=list)
    #: Mention ids, best example first.
    examples: Mapped[list[Any]] = mapped_column(default=list)
    updated: Mapped[datetime]


class Alert(Base):
    """One thing people were told about an incident; ``text`` is a catalogue key and values."""

    __tablename__ = "alert"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int | None] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    text: Mapped[dict[str, Any]] = mapped_column(default=dict)
    acknowledged: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL")
    )


def open_incidents(session: Session, topic_id: int | None = None) -> list[Incident]:
    """Return the incidents still open, newest first."""
    wanted = select(Incident).where(Incident.closed.is_(None)).order_by(Incident.opened.desc())
    if topic_id is not None:
        wanted = wanted.where(Incident.topic_id == topic_id)
    return list(session.scalars(wanted))


def concerns_of(session: Session, incident_id: int, limit: int = 10) -> list[Concern]:
    """Return what is asked most in an incident, largest first; not what went over to others."""
    wanted = select(Concern).where(Concern.incident_id == incident_id, Concern.size > 0)
    return list(session.scalars(wanted.order_by(Concern.size.desc(), Concern.id).limit(limit)))


def alerts_of(session: Session, incident_id: int) -> list[Alert]:
    """Return what people were told about an incident, oldest first."""
    wanted = select(Alert).where(Alert.incident_id == incident_id)
    return list(session.scalars(wanted.order_by(Alert.at, Alert.id)))


def unacknowledged(session: Session, limit: int = 50) -> list[Alert]:
    """Return the alerts nobody has acknowledged, newest first."""
    wanted = select(Alert).where(Alert.acknowledged.is_(None))
    return list(session.scalars(wanted.order_by(Alert.at.desc(), Alert.id.desc()).limit(limit)))


def acknowledge(session: Session, alert_id: int, person_id: int, now: datetime) -> bool:
    """Note that a person saw an alert, and with it its incident; False when one already had."""
    alert = session.get(Alert, alert_id)
    if alert is None:
        return False
    changed = session.execute(
        update(Alert)
        .where(Alert.id == alert_id, Alert.acknowledged.is_(None))
        .values(acknowledged=now, acknowledged_by=person_id)
    )
    session.execute(
        update(Incident)
        .where(Incident.id == alert.incident_id, Incident.acknowledged.is_(None))
        .values(acknowledged=now)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def take_note(session: Session, incident: Incident, person_id: int, now: datetime) -> None:
    """Note that a person saw an incident, and with it every alert about it."""
    session.execute(
        update(Alert)
        .where(Alert.incident_id == incident.id, Alert.acknowledged.is_(None))
        .values(acknowledged=now, acknowledged_by=person_id)
    )
    incident.acknowledged = incident.acknowledged or now
