"""The topics under watch: how loud they are, and their queries, tried before they are saved."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from fastapi import APIRouter
from sqlalchemy import select
from starlette.responses import Response

from dashboard.desk import Desk, Reading, Steward
from dashboard.forms import Line, Prose, row_of
from dashboard.gate import StaleError
from dashboard.refile import refile
from dashboard.topic_page import found, page, stamp
from dashboard.topics import TopicError, Wish, add, archive, change
from dashboard.topics import restore as watch_again
from dashboard.topics import wish as read_wish
from storage.bucket import HOUR, by_topic, floor
from storage.incident import open_incidents
from storage.topic import Topic

router = APIRouter()


@router.get("/topics")
def listed(desk: Reading) -> Response:
    """Show all topics; the counts are of the last 24 whole hours and the running one."""
    since = floor(desk.now, HOUR) - timedelta(hours=24)
    with desk.database.read() as session:
        every = session.scalars(select(Topic).order_by(Topic.archived.is_not(None), Topic.id))
        counted = by_topic(session, since, desk.now)
        burning = Counter(one.topic_id for one in open_incidents(session))
        volumes = {
            number: sum(bucket.values["volume"] for bucket in buckets)
            for number, buckets in counted.items()
        }
        rows = [(topic, volumes.get(topic.id, 0), burning[topic.id]) for topic in every]
    return desk.show("topics.html", rows=rows)


@router.get("/topics/new")
def blank(desk: Steward) -> Response:
    """Show the form for a new topic."""
    return page(desk, None)


@router.get("/topics/{topic_id:row}")
def one(desk: Reading, topic_id: int) -> Response:
    """Show a topic, its query and its history."""
    return page(desk, topic_id)


@router.post("/topics/try")
def attempt(desk: Steward, topic: Line = "", name: Line = "", query: Prose = "") -> Response:
    """Show what a query would find, and save nothing."""
    return page(desk, row_of(topic), tried=True, typed={"name": name, "query": query})


@router.post("/topics")
def create(desk: Steward, name: Line = "", query: Prose = "", tried: Line = "") -> Response:
    """Put a subject under watch, once its query was tried."""
    typed = {"name": name, "query": query}
    try:
        asked = read_wish(name, query)
        if tried != stamp(asked.query):
            return page(desk, None, 409, tried=True, unsaved=True, typed=typed)
        with desk.database.begin() as session:
            made = add(session, asked, desk.now, desk.person.id)
    except TopicError as error:
        return page(desk, None, 400, error=error, typed=typed)
    return desk.go(f"/topics/{made.id}", said="topic_added")


@router.post("/topics/{topic_id:row}")
def save(
    desk: Steward,
    topic_id: int,
    name: Line = "",
    query: Prose = "",
    tried: Line = "",
    seen: Line = "",
) -> Response:
    """Change a topic's name or query; another query must have been tried."""
    typed = {"name": name, "query": query}
    try:
        asked = read_wish(name, query)
        if not _may_save(desk, topic_id, asked, tried):
            return page(desk, topic_id, 409, tried=True, unsaved=True, typed=typed)
        with desk.database.begin() as session:
            topic = found(session, topic_id)
            if seen and seen != stamp(topic.query):
                raise StaleError
            change(session, topic, asked, desk.now, desk.person.id)
    except TopicError as error:
        return page(desk, topic_id, 400, error=error, typed=typed)
    return desk.go(f"/topics/{topic_id}", said="saved")


@router.post("/topics/{topic_id:row}/archive")
def rest(desk: Steward, topic_id: int) -> Response:
    """Stop watching a topic."""
    with desk.database.begin() as session:
        archive(session, found(session, topic_id), desk.now, desk.person.id)
    return desk.go(f"/topics/{topic_id}", said="topic_archived")


@router.post("/topics/{topic_id:row}/restore")
def resume(desk: Steward, topic_id: int) -> Response:
    """Watch a topic again."""
    with desk.database.begin() as session:
        watch_again(session, found(session, topic_id), desk.now, desk.person.id)
    return desk.go(f"/topics/{topic_id}", said="topic_restored")


@router.post("/topics/{topic_id:row}/refile")
def apply(desk: Steward, topic_id: int) -> Response:
    """File the posts on record by the query in force."""
    with desk.database.read() as session:
        found(session, topic_id)
    refile(desk.database, topic_id, desk.now, desk.person.id)
    return desk.go(f"/topics/{topic_id}", said="topic_refiled")


def _may_save(desk: Desk, topic_id: int, asked: Wish, tried: str) -> bool:
    with desk.database.read() as session:
        return tried == stamp(asked.query) or asked.query == found(session, topic_id).query
