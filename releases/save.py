"""Writing a release's text: its hash, and the claims and answers that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from releases.canonical import digest
from releases.content import walk
from releases.refusal import NotAllowed
from storage.incident import Concern
from storage.release import Answer, Approval, Claim, Release


def locked(session: Session, release_id: int) -> Release:
    """Return a release for change: a second click waits here until the first is through.

    Raises:
        NotAllowed: there is no such release.
    """
    wanted = select(Release).where(Release.id == release_id).with_for_update()
    release = session.scalar(wanted.execution_options(populate_existing=True))
    if release is None:
        raise NotAllowed("releases.no_release", {"release": release_id})
    return release


def write(session: Session, release: Release, content: Mapping[str, Any], now: datetime) -> None:
    """Give a release its text, in the caller's transaction; claims and answers are made anew."""
    release.content = dict(content)
    release.headline = content["headline"]["text"]
    release.digest = digest(release.number, release.version, release.headline, release.content)
    release.updated = now
    session.add(release)
    session.flush()
    _claims(session, release)
    _answers(session, release)
    session.flush()


def void_approvals(session: Session, release: Release, now: datetime) -> int:
    """Void every word given so far; return how many there were."""
    wanted = select(Approval).where(Approval.release_id == release.id, Approval.voided.is_(None))
    given = list(session.scalars(wanted))
    for approval in given:
        approval.voided = now
    return len(given)


def _claims(session: Session, release: Release) -> None:
    session.execute(delete(Claim).where(Claim.release_id == release.id))
    session.add_all(
        Claim(release_id=release.id, fact_id=fact, sentence=one["text"])
        for _, one in walk(release.content)
        for fact in one["facts"]
    )


def _answers(session: Session, release: Release) -> None:
    session.execute(delete(Answer).where(Answer.release_id == release.id))
    given = {answer["concern_id"]: answer["status"] for answer in release.content["answers"]}
    # A concern that has gone with its incident's data leaves the text, not the row.
    alive = session.scalars(select(Concern.id).where(Concern.id.in_(given)))
    session.add_all(
        Answer(release_id=release.id, concern_id=concern, status=given[concern])
        for concern in sorted(alive)
    )
