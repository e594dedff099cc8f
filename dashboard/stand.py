"""Where things stand: the topic, its incident, its stage and the response clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.response import milestones
from alerts.said import said_of
from dashboard.clock import Mark, Target, targets
from storage.incident import Alert, Incident, open_incidents
from storage.person import Person
from storage.topic import Topic, live_topics


@dataclass(frozen=True)
class Standing:
    """The top of the screen: ``incident`` is None while all is calm."""

    topics: list[Topic]
    topic: Topic | None
    incident: Incident | None
    owner: Person | None
    clock: tuple[Target, ...]
    others: int


def standing(
    session: Session, topic_id: int | None, now: datetime, owed: Mapping[str, timedelta]
) -> Standing:
    """Return where a topic stands; without one asked for, the topic that burns."""
    topics = live_topics(session)
    burning = open_incidents(session)
    topic = _topic(topics, burning, topic_id)
    here = [one for one in burning if topic is not None and one.topic_id == topic.id]
    incident = max(here, key=lambda one: (one.severity, one.opened), default=None)
    owner = session.get(Person, incident.owner_id) if incident and incident.owner_id else None
    clock = clock_of(session, incident, now, owed) if incident else ()
    others = len(burning) - (1 if incident else 0)
    return Standing(topics, topic, incident, owner, clock, others)


def _topic(topics: list[Topic], burning: list[Incident], topic_id: int | None) -> Topic | None:
    by_id = {one.id: one for one in topics}
    if topic_id in by_id:
        return by_id[topic_id]
    for incident in burning:
        if incident.topic_id in by_id:
            return by_id[incident.topic_id]
    return topics[0] if topics else None


def clock_of(
    session: Session, incident: Incident, now: datetime, owed: Mapping[str, timedelta]
) -> tuple[Target, ...]:
    """Return the response clock of an incident; it starts with its first alert.

    It stops when the incident ends: what had not fallen due by then is owed no more.
    """
    first = session.scalar(select(func.min(Alert.at)).where(Alert.incident_id == incident.id))
    done = milestones(incident.acknowledged, said_of(session, incident.id))
    found = targets(first or incident.opened, done, incident.closed or now, owed)
    return tuple(one for one in found if not incident.closed or one.mark is not Mark.RUNNING)
