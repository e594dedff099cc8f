"""What an affair shows beside its curves: its course, its climb, its copies, who fills the talk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.course import course_of
from analysis.copies import is_flood
from analysis.ignition import Tier
from dashboard.effects import Outcome, outcome
from dashboard.posts import by_ids
from dashboard.rivals import against
from dashboard.voices import Voices, voices
from releases import render
from storage.bucket import by_platform
from storage.incident import Incident
from storage.mention import Mention
from storage.release import Release
from storage.story import Story, stories
from storage.topic import live_topics
from storage.voice import ClimbRow, climbs_of

#: Stories shown, and topics that a share of voice is held against.
STORIES, TOPICS = 6, 8


@dataclass(frozen=True)
class Copied:
    """The copies in an affair.

    Attributes:
        posts: of the window, all of them and without copies.
        alone: those without copies.
        stories: (story, whether few hands posted it many times), largest first.
    """

    posts: int
    alone: int
    stories: list[tuple[Story, bool]]


def signs(
    session: Session, incident: Incident, now: datetime, since: datetime, zone: ZoneInfo
) -> dict[str, Any]:
    """Return what the incident's page shows of its signals."""
    until = (incident.closed or now) + timedelta(minutes=1)
    released = _released(session, incident)
    topics = live_topics(session)[:TOPICS]
    climbs = climbs_of(session, incident.id)
    return {
        "course": None if incident.closed else course_of(session, incident, now),
        "climbs": _with_posts(session, climbs),
        "tiers": [one.name.lower() for one in Tier],
        "copied": _copied(session, incident.topic_id, since, until),
        "voices": _voices(session, incident, (since, until), released, zone),
        "against": against(session, topics, since, until) if len(topics) > 1 else [],
        "effects": _effects(session, released, now),
    }


def _released(session: Session, incident: Incident) -> list[Release]:
    wanted = select(Release).where(Release.incident_id == incident.id)
    return list(
        session.scalars(
            wanted.where(Release.published.is_not(None)).order_by(Release.published.desc()).limit(5)
        )
    )


def _with_posts(
    session: Session, climbs: Sequence[ClimbRow]
) -> list[tuple[ClimbRow, Mention | None]]:
    posts = by_ids(session, [row.mention_id for row in climbs if row.mention_id])
    found = {post.id: post for post in posts}
    return [(row, found.get(row.mention_id or 0)) for row in climbs]


def _copied(session: Session, topic_id: int, since: datetime, until: datetime) -> Copied:
    counted = [
        by_platform(session, topic_id, since, until, folded=folded) for folded in (False, True)
    ]
    posts, alone = (sum(cell["volume"] for cell in each.values()) for each in counted)
    found = stories(session, topic_id, since, until, STORIES)
    return Copied(posts, alone, [(one, is_flood(one.known, one.authors)) for one in found])


def _voices(
    session: Session,
    incident: Incident,
    window: tuple[datetime, datetime],
    released: Sequence[Release],
    zone: ZoneInfo,
) -> Voices:
    ours = [
        (one.published, render.text(one.content, one.number, one.published, zone))
        for one in released
        if one.published and one.content
    ]
    return voices(session, incident.topic_id, *window, ours)


def _effects(
    session: Session, released: Sequence[Release], now: datetime
) -> list[tuple[Release, Outcome]]:
    judged = [(one, outcome(session, one, now)) for one in released]
    return [(one, found) for one, found in judged if found is not None]
