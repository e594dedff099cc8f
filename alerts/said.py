"""What was published of an incident, as the response clock counts it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.response import Said
from storage.release import Answer, Claim, Release


def said_of(session: Session, incident_id: int) -> list[Said]:
    """Return what was published of an incident, oldest first.

    A statement that rests on no fact only holds the line until more is known.
    """
    released = session.execute(
        select(Release.id, Release.published)
        .where(Release.incident_id == incident_id, Release.published.is_not(None))
        .order_by(Release.published, Release.id)
    ).all()
    claims = select(Claim.release_id).where(Claim.release_id.in_([one.id for one in released]))
    founded = set(session.scalars(claims))
    return [
        Said(at, number not in founded, _whole(session, number))
        for number, at in released
        if at is not None
    ]


def _whole(session: Session, release_id: int) -> bool:
    """Whether a release answers every concern it treats, leaving nothing unknown."""
    found = list(session.scalars(select(Answer.status).where(Answer.release_id == release_id)))
    return bool(found) and all(status == "answered" for status in found)
