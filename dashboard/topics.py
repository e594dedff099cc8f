"""Topics as people change them: every change read first, kept in the audit log, never a loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.query import Query, QueryError, parse
from releases import audit
from storage.base import alone
from storage.incident import StageChange, open_incidents
from storage.topic import Topic
from templates.catalogue import Language, say

#: The subject under which the audit log knows topics.
SUBJECT = "topic"
#: Of a long query the audit log keeps this much; its length tells the rest.
KEPT, LONGEST_NAME = 2_000, 200


class TopicError(Exception):
    """A topic cannot be made so; ``position`` is the place of a query's wrong character."""

    def __init__(
        self, key: str, values: Mapping[str, object] | None = None, position: int | None = None
    ) -> None:
        super().__init__(say(key, "zh", **(values or {})))
        self.key, self.values, self.position = key, dict(values or {}), position

    def say(self, language: Language = "zh") -> str:
        """Return the sentence in a language."""
        return say(self.key, language, **self.values)


@dataclass(frozen=True)
class Wish:
    """A topic as asked for; made by :func:`wish`."""

    name: str
    query: str


def wish(name: str, query: str) -> Wish:
    """Read what was asked for.

    Raises:
        TopicError: no name, or a query that cannot be read; then with its ``position``.
    """
    name, query = " ".join(name.replace("\0", "").split()), plain(query)
    if not 1 <= len(name) <= LONGEST_NAME:
        raise TopicError("dashboard.topic_name_bad", {"most": LONGEST_NAME})
    readable(query)
    return Wish(name, query)


def plain(query: str) -> str:
    """Return a query as it is kept: a form's own line ends would shift the place of an error."""
    return query.replace("\r\n", "\n").replace("\0", "").strip()


def readable(query: str) -> Query:
    """Parse a query.

    Raises:
        TopicError: with the place of the first character that is wrong.
    """
    try:
        return parse(query)
    except QueryError as error:
        raise TopicError(error.why.key, error.why.values, error.position) from error


def add(session: Session, wish: Wish, now: datetime, person_id: int | None = None) -> Topic:
    """Put a subject under watch.

    Raises:
        TopicError: another topic has this name.
    """
    alone(session)
    _free(session, wish.name)
    topic = Topic(name=wish.name, query=wish.query, created=now)
    session.add(topic)
    session.flush()
    note(session, topic, "topic_added", person_id, now)
    return topic


def change(
    session: Session, topic: Topic, wish: Wish, now: datetime, person_id: int | None = None
) -> None:
    """Give a topic another name or query, from now on; what is stored stays as it was linked.

    Raises:
        TopicError: another topic has this name.
    """
    alone(session)
    if (topic.name, topic.query) == (wish.name, wish.query):
        return
    if wish.name != topic.name:
        _free(session, wish.name)
    was = {"was_name": topic.name, "was_query": _short(topic.query)}
    topic.name, topic.query = wish.name, wish.query
    session.flush()
    note(session, topic, "topic_changed", person_id, now, was)


def archive(session: Session, topic: Topic, now: datetime, person_id: int | None = None) -> None:
    """Stop watching a topic and end its affairs; all that was seen stays."""
    if topic.archived:
        return
    topic.archived = now
    for incident in open_incidents(session, topic.id):
        why: dict[str, object] = {"key": "dashboard.incident_archived", "values": {}}
        incident.closed = incident.stage_at = now
        incident.stage, incident.stage_why = "decline", why
        session.add(StageChange(incident_id=incident.id, at=now, stage="decline", why=why))
    note(session, topic, "topic_archived", person_id, now)


def restore(session: Session, topic: Topic, now: datetime, person_id: int | None = None) -> None:
    """Watch an archived topic again; what was said meanwhile was not counted."""
    if topic.archived:
        topic.archived = None
        note(session, topic, "topic_restored", person_id, now)


def resting(session: Session, topic_id: int, now: datetime) -> list[tuple[datetime, datetime]]:
    """Return when a topic was archived and so not watched."""
    spans: list[tuple[datetime, datetime]] = []
    begun: datetime | None = None
    for step in audit.steps_of(session, SUBJECT, topic_id):
        if step.action == "topic_archived":
            begun = step.at
        elif step.action == "topic_restored" and begun is not None:
            spans.append((begun, step.at))
            begun = None
    return [*spans, (begun, now)] if begun is not None else spans


def _free(session: Session, name: str) -> None:
    if session.scalar(select(Topic.id).where(Topic.name == name)) is not None:
        raise TopicError("dashboard.topic_name_taken", {"name": name})


def _short(query: str) -> str:
    return query if len(query) <= KEPT else f"{query[:KEPT]}… ({len(query)})"


def note(
    session: Session,
    topic: Topic,
    action: str,
    person_id: int | None,
    now: datetime,
    more: Mapping[str, object] | None = None,
) -> None:
    """Write a change of a topic into the audit log."""
    data = {"name": topic.name, "query": _short(topic.query), **(more or {})}
    audit.append(session, (SUBJECT, topic.id), action, person_id, now, data)
