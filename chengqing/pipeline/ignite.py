"""Who carries an affair: each tier of outlet it reaches, noted once, and what that brought."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.orm import Session

from analysis.ignition import LARGE, WINDOW, Climb, Tier, Voicing, climbs, lift, names_of, tier
from analysis.plain import folded
from storage.incident import Incident
from storage.mention import Mention, MentionTopic
from storage.voice import ClimbRow, climbs_of, own_tiers

#: What was said before the alarm may belong to the story.
BEFORE = timedelta(days=1)
#: A mention is of the story when its title or first characters hold a telling word of the
#: incident, where at least ``KNOWN`` of them are known.
OPENING, KNOWN = 200, 5
#: Earliest mentions read to find where a story began.
READ = 2_000


def ignite(session: Session, incident: Incident, now: datetime) -> None:
    """Note the tiers that an open incident has reached, and the lift of those two hours old."""
    held = climbs_of(session, incident.id)
    fresh = _loud(session, incident, now)
    if fresh:
        table = own_tiers(session)
        story = [_voicing(row, table) for row in fresh]
        known = {Tier(row.tier): row.at for row in held}
        if climbs(story, incident.opened, known):
            begun = _begun(session, incident, min(voicing.at for voicing in story))
            held += [_keep(session, incident, step) for step in climbs(story, begun, known)]
    for row in held:
        if not row.measured and now >= row.at + WINDOW:
            _measure(session, incident, row)


def _loud(session: Session, incident: Incident, now: datetime) -> Sequence[Row[Any]]:
    """Return the mentions of the story not asked before that may stand above ordinary users."""
    newest = session.scalar(select(func.max(MentionTopic.mention_id))) or 0
    if newest == incident.heard:
        return []
    wanted = (
        _of_topic(incident)
        .where(MentionTopic.mention_id > incident.heard)
        .where(
            or_(
                Mention.kind == "article",
                Mention.author_kind.in_(("media", "government")),
                Mention.followers >= LARGE,
                Mention.outlet.is_not(None),
            )
        )
    )
    since = incident.opened - BEFORE
    if not incident.heard:
        wanted = wanted.where(MentionTopic.published >= since)
    incident.heard = newest
    words = [str(word) for word in incident.words]
    return [
        row
        for row in session.execute(wanted)
        if since <= row.published <= now and _of_story(row, words)
    ]


def _of_topic(incident: Incident) -> Select[*tuple[Any, ...]]:
    text = (func.coalesce(Mention.title, "") + " " + Mention.text).label("text")
    asked = (Mention.id, Mention.published, Mention.kind, Mention.platform, Mention.author_kind)
    return (
        select(*asked, Mention.followers, Mention.outlet, Mention.url, text)
        .join(MentionTopic, MentionTopic.mention_id == Mention.id)
        .where(MentionTopic.topic_id == incident.topic_id)
    )


def _of_story(row: Row[Any], words: Sequence[str]) -> bool:
    opening = folded(row.text[:OPENING])
    return len(words) < KNOWN or any(word in opening for word in words)


def _voicing(row: Row[Any], table: dict[str, int]) -> Voicing:
    names = names_of(row.outlet, row.url)
    placed = tier(row.author_kind, row.followers, names, table, article=row.kind == "article")
    shown = row.outlet or (names[0] if row.kind == "article" and names else row.platform)
    return Voicing(row.id, row.published, placed, shown)


def _begun(session: Session, incident: Incident, until: datetime) -> datetime:
    """Return the first mention of the story, at the latest ``until``."""
    words = [str(word) for word in incident.words]
    wanted = (
        _of_topic(incident)
        .where(MentionTopic.published >= incident.opened - BEFORE)
        .where(MentionTopic.published <= until)
        .order_by(MentionTopic.published)
        .limit(READ)
    )
    first = (row.published for row in session.execute(wanted) if _of_story(row, words))
    return next(first, until)


def _keep(session: Session, incident: Incident, step: Climb) -> ClimbRow:
    row = ClimbRow(
        incident_id=incident.id,
        tier=int(step.voicing.tier),
        at=step.voicing.at,
        mention_id=step.voicing.id,
        outlet=step.voicing.outlet,
        lag=round(step.lag.total_seconds()),
        measured=False,
        why={"key": step.why.key, "values": dict(step.why.values)},
    )
    session.add(row)
    return row


def _measure(session: Session, incident: Incident, row: ClimbRow) -> None:
    row.measured = True
    found = lift(
        _count(session, incident, row.at - WINDOW, row.at),
        _count(session, incident, row.at, row.at + WINDOW) - 1,
    )
    if found is not None and row.lag:
        row.lift, row.low, row.high = found.times, found.low, found.high


def _count(session: Session, incident: Incident, since: datetime, until: datetime) -> int:
    wanted = (
        select(func.count())
        .where(MentionTopic.topic_id == incident.topic_id)
        .where(MentionTopic.published >= since, MentionTopic.published < until)
    )
    return session.scalar(wanted) or 0
