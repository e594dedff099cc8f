"""What a person needs to know of an incident, gathered once for all who are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.response import milestones
from alerts.said import said_of
from storage import bucket
from storage.incident import Alert, Concern, Incident, SpikeRow, concerns_of
from storage.mention import Mention, MentionTopic
from storage.topic import Topic
from storage.voice import climbs_of

#: The window of the numbers, and of the comparison just before it.
WINDOW = timedelta(hours=1)
REASONS, CONCERNS, EXAMPLES = 5, 4, 3
#: How many of the newest posts are looked at when the concerns name no examples.
LOOKED_AT = 60


@dataclass(frozen=True)
class Count:
    """Mentions of one curve in the window and in the one before."""

    curve: str
    now: int
    before: int


@dataclass(frozen=True)
class Briefing:
    """One incident at one moment; texts in it are as crawled, to be bounded and escaped."""

    incident_id: int
    topic: str
    title: str
    at: datetime
    counts: list[Count]
    reasons: list[Mapping[str, Any]]
    concerns: list[Concern]
    examples: list[Mention]
    first_alert: datetime
    done: Mapping[str, datetime | None]


def brief(session: Session, incident: Incident, now: datetime) -> Briefing:
    """Gather what is to be told about an incident."""
    topic = session.get_one(Topic, incident.topic_id)
    concerns = concerns_of(session, incident.id, CONCERNS)
    first = select(func.min(Alert.at)).where(Alert.incident_id == incident.id)
    return Briefing(
        incident_id=incident.id,
        topic=topic.name,
        title=incident.title,
        at=now,
        counts=counts(session, topic.id, now, WINDOW),
        reasons=_reasons(session, incident),
        concerns=concerns,
        examples=_examples(session, incident, concerns, now),
        first_alert=session.scalar(first) or now,
        done=milestones(incident.acknowledged, said_of(session, incident.id)),
    )


def counts(
    session: Session,
    topic_id: int,
    now: datetime,
    window: timedelta,
    width: int = bucket.MINUTE,
) -> list[Count]:
    """Count a topic's mentions in the window that ends now and in the one before it."""
    cut = int(now.timestamp()) - int(window.total_seconds())
    rows = bucket.read(session, topic_id, now - 2 * window, now, width)
    found = []
    for curve in bucket.CURVES:
        late = sum(row.values[curve] for row in rows if row.start >= cut)
        found.append(Count(curve, late, sum(row.values[curve] for row in rows) - late))
    return found


def _reasons(session: Session, incident: Incident) -> list[Mapping[str, Any]]:
    """The latest spike of each mood, strongest first, who carries it, why this stage and level."""
    wanted = select(SpikeRow).where(SpikeRow.incident_id == incident.id)
    spikes = session.scalars(wanted.order_by(SpikeRow.at.desc(), SpikeRow.id.desc()).limit(40))
    latest: dict[str, SpikeRow] = {}
    for spike in spikes:
        latest.setdefault(spike.mood, spike)
    strongest = sorted(latest.values(), key=lambda spike: -spike.score)
    carried = [row.why for row in climbs_of(session, incident.id)[-1:]]
    own = [*carried, incident.stage_why, incident.severity_why]
    found = [spike.why for spike in strongest[: REASONS - len(own)]] + own
    return [reason for reason in found if reason]


def _examples(
    session: Session, incident: Incident, concerns: Iterable[Concern], now: datetime
) -> list[Mention]:
    named = [one.examples[0] for one in concerns if one.examples]
    found = {m.id: m for m in session.scalars(select(Mention).where(Mention.id.in_(named)))}
    chosen = [found[n] for n in named if n in found]
    if len(chosen) < EXAMPLES:
        chosen += _loudest(session, incident, now)
    return _distinct(chosen)[:EXAMPLES]


def _loudest(session: Session, incident: Incident, now: datetime) -> list[Mention]:
    newest = (
        select(Mention)
        .join(MentionTopic, MentionTopic.mention_id == Mention.id)
        .where(MentionTopic.topic_id == incident.topic_id, MentionTopic.published <= now)
        .where(MentionTopic.published >= incident.opened - WINDOW, Mention.labels > 0)
        .order_by(MentionTopic.published.desc(), Mention.id.desc())
        .limit(LOOKED_AT)
    )
    return sorted(session.scalars(newest), key=_loudness, reverse=True)


def _loudness(mention: Mention) -> int:
    return (mention.likes or 0) + (mention.comments or 0) + (mention.reposts or 0)


def _distinct(mentions: Iterable[Mention]) -> list[Mention]:
    seen: dict[str, Mention] = {}
    for mention in mentions:
        if mention.deleted is None and mention.text.strip():
            seen.setdefault(" ".join(mention.text.split())[:60], mention)
    return list(seen.values())
