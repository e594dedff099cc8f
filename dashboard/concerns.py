"""What the public asks in an incident, and whether our published word has answered it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.incident import Concern, concerns_of
from storage.release import Answer, Release

#: From least to most: what a concern counts as when several statements treat it.
RANK = ("declined", "unknown", "partly", "answered")
OPEN = "open"


@dataclass(frozen=True)
class Asked:
    """One concern and how it stands.

    Attributes:
        concern: the question.
        status: ``answered``, ``partly``, ``unknown``, ``declined``, or ``open``.
        number: the published release that treats it, or empty.
    """

    concern: Concern
    status: str
    number: str


def asked(session: Session, incident_id: int, limit: int = 10) -> list[Asked]:
    """Return an incident's concerns, largest first, with the best answer published so far."""
    best = _best(session, incident_id)
    return [
        Asked(concern, *best.get(concern.id, (OPEN, "")))
        for concern in concerns_of(session, incident_id, limit)
    ]


def _best(session: Session, incident_id: int) -> dict[int, tuple[str, str]]:
    rows = session.execute(
        select(Answer.concern_id, Answer.status, Release.number)
        .join(Release, Release.id == Answer.release_id)
        .where(Release.incident_id == incident_id, Release.published.is_not(None))
        .order_by(Release.published)
    )
    best: dict[int, tuple[str, str]] = {}
    for concern_id, status, number in rows:
        if _rank(status) >= _rank(best.get(concern_id, ("", ""))[0]):
            best[concern_id] = (status, number)
    return best


def _rank(status: str) -> int:
    return RANK.index(status) if status in RANK else -1
