"""The audit log: append-only, each step carrying the hash of the one before it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from releases.canonical import canonical, sha256
from storage.release import Step
from templates.catalogue import Language, say

#: What stands before the first step.
ROOT = "0" * 64
#: Names the chain among the advisory locks of a PostgreSQL server ("CQ steps" in hex).
LOCK = 0x4351_7374_6570_7300


@dataclass(frozen=True)
class Problem:
    """A step that does not fit the chain; ``key`` and ``values`` are for the catalogue."""

    step_id: int
    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def say(self, language: Language = "zh") -> str:
        """Return the sentence for the person who verifies."""
        return say(self.key, language, **self.values)


def append(
    session: Session,
    subject: tuple[str, int],
    action: str,
    person_id: int | None,
    at: datetime,
    data: Mapping[str, object] | None = None,
) -> Step:
    """Write one step about ``subject`` (a table's name and a row's id) in the caller's transaction.

    Writers queue for the end of the chain until their transactions end.
    """
    _take_the_end(session)
    step = Step(
        subject=subject[0],
        subject_id=subject[1],
        action=action,
        person_id=person_id,
        at=at.astimezone(UTC),
        # What is hashed must be what a database gives back: tuples become lists here, not there.
        data=json.loads(canonical(data or {})),
        previous=head(session),
    )
    step.hash = _hash(step)
    session.add(step)
    session.flush()
    return step


def head(session: Session) -> str:
    """Return the hash of the last step; kept elsewhere, it proves that no step was cut off."""
    last = session.scalar(select(Step.hash).order_by(Step.id.desc()).limit(1))
    return last or ROOT


def steps_of(session: Session, subject: str, subject_id: int) -> list[Step]:
    """Return what happened to one row, oldest first."""
    wanted = select(Step).where(Step.subject == subject, Step.subject_id == subject_id)
    return list(session.scalars(wanted.order_by(Step.id)))


def verify_chain(session: Session) -> list[Problem]:
    """Return every step that was changed, or whose predecessor was removed or replaced."""
    problems: list[Problem] = []
    before = ROOT
    # Columns, not objects: what this session still holds in memory must not vouch for itself.
    columns = [getattr(Step, column.name) for column in Step.__table__.columns]
    for row in session.execute(select(*columns).order_by(Step.id)).yield_per(1_000):
        step = Step(**row._asdict())
        if step.previous != before:
            problems.append(Problem(step.id, "releases.chain_broken", {"step": step.id}))
        if step.hash != _hash(step):
            problems.append(Problem(step.id, "releases.chain_altered", {"step": step.id}))
        before = step.hash
    return problems


def _take_the_end(session: Session) -> None:
    """Queue for the end of the chain; SQLite's writer already holds the only write lock."""
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})


def _hash(step: Step) -> str:
    fields: dict[str, Any] = {
        "subject": step.subject,
        "subject_id": step.subject_id,
        "action": step.action,
        "person_id": step.person_id,
        "at": step.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "data": step.data,
        "previous": step.previous,
    }
    return sha256(fields)
