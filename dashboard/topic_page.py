"""The page of one topic: its form, perhaps with what a query would find, and its history."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Query
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from dashboard.desk import STEWARDS, Desk
from dashboard.gate import NotFoundError
from dashboard.topics import SUBJECT, TopicError, plain, readable
from dashboard.trial import Trial, trial
from releases import audit
from storage.incident import open_incidents
from storage.person import Person
from storage.topic import Topic, live_topics

#: The id of a topic in an address, no larger than both databases can be asked for.
TopicId = Annotated[int | None, Query(ge=0, lt=10**9)]


def chosen(session: Session, asked: int | None) -> tuple[list[Topic], Topic | None]:
    """Return the topics to choose from and the one asked for, archived or not; else the first.

    Raises:
        NotFoundError: there is no such topic, and another's rows must not pass for its own.
    """
    live = live_topics(session)
    if asked is None:
        return live, live[0] if live else None
    topic = found(session, asked)
    return live if topic in live else [*live, topic], topic


def found(session: Session, topic_id: int) -> Topic:
    """Return a topic.

    Raises:
        NotFoundError: there is none of this id.
    """
    topic = session.get(Topic, topic_id)
    if topic is None:
        raise NotFoundError
    return topic


def stamp(query: str) -> str:
    """Return what a form carries to say that just this query was shown or tried."""
    return hashlib.sha256(plain(query).encode()).hexdigest()[:32]


def page(
    desk: Desk,
    topic_id: int | None,
    status: int = 200,
    error: TopicError | None = None,
    tried: bool = False,
    unsaved: bool = False,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """Show a topic's page, perhaps with what a query that was typed would find."""
    typed = typed or {}
    with desk.database.read() as session:
        topic = found(session, topic_id) if topic_id is not None else None
        query = plain(typed.get("query", topic.query if topic else ""))
        shown: Trial | None = None
        if tried:
            shown, error = _try(session, desk, query, topic)
        values = _history(session, topic) | {"topic": topic, "found": shown, "query": query}
    return desk.show(
        "topic.html",
        status,
        name=typed.get("name", topic.name if topic else ""),
        error=error,
        unsaved=unsaved and not error,
        stamp=stamp,
        may_change=desk.person.may(*STEWARDS),
        **values,
    )


def _try(
    session: Session, desk: Desk, query: str, topic: Topic | None
) -> tuple[Trial | None, TopicError | None]:
    try:
        asked = readable(query)
    except TopicError as error:
        return None, error
    force = readable(topic.query) if topic and topic.query != query else None
    return trial(session, asked, desk.now, force), None


def _history(session: Session, topic: Topic | None) -> dict[str, Any]:
    if topic is None:
        return {"steps": [], "people": {}, "incidents": 0}
    return {
        "steps": audit.steps_of(session, SUBJECT, topic.id)[::-1],
        "people": {one.id: one.name for one in session.scalars(select(Person))},
        "incidents": len(open_incidents(session, topic.id)),
    }
