"""The first screen: is it getting worse, what do people ask, what must I do, by when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import Response

from dashboard.charts import RANGES, grid, span_hours
from dashboard.concerns import asked
from dashboard.desk import Desk, Reading
from dashboard.gate import NotFoundError
from dashboard.needs import needs
from dashboard.posts import fold, loudest, newest, window
from dashboard.shares import shares_of
from dashboard.stand import Standing, standing
from dashboard.terms import terms_of
from dashboard.topic_page import TopicId, found
from storage.bucket import by_platform

router = APIRouter()

#: How many concerns and posts the screen shows.
CONCERNS, POSTS = 5, 8

Values = dict[str, Any]


def _top(session: Session, desk: Desk, stand: Standing, hours: int) -> Values:
    return {"stand": stand}


def _needs(session: Session, desk: Desk, stand: Standing, hours: int) -> Values:
    return {"needs": needs(session, desk.person, terms_of(desk.house))}


def _concerns(session: Session, desk: Desk, stand: Standing, hours: int) -> Values:
    found = asked(session, stand.incident.id, CONCERNS) if stand.incident else []
    return {"concerns": found, "incident": stand.incident}


def _voice(session: Session, desk: Desk, stand: Standing, hours: int) -> Values:
    if stand.topic is None:
        return {"platforms": {}, "hours": hours}
    on = grid(desk.now - timedelta(hours=hours), desk.now)
    totals = by_platform(session, stand.topic.id, on.since, desk.now, on.width)
    ranked = sorted(totals.items(), key=lambda item: -item[1]["volume"])
    return {"platforms": dict(ranked), "hours": hours}


def _shares(session: Session, desk: Desk, stand: Standing, hours: int) -> Values:
    if stand.topic is None:
        return {"shares": None}
    on = grid(desk.now - timedelta(hours=hours), desk.now)
    return {"shares": shares_of(session, desk, stand.topic.id, (on.since, desk.now), on.width)}


def _posts(session: Session, desk: Desk, stand: Standing, hours: int) -> Values:
    if stand.topic is None:
        return {"newest": [], "loudest": [], "topic": None}
    since = desk.now - timedelta(hours=min(hours, 24))
    wanted = window(stand.topic.id, since, desk.now + timedelta(minutes=1))
    return {
        "newest": fold(newest(session, wanted, POSTS * 2))[:POSTS],
        "loudest": loudest(session, wanted, POSTS),
        "topic": stand.topic,
    }


Part = Callable[[Session, Desk, Standing, int], Values]
#: The live parts of the screen; each is asked for again every few seconds.
PARTS: dict[str, Part] = {
    "top": _top,
    "needs": _needs,
    "concerns": _concerns,
    "shares": _shares,
    "voice": _voice,
    "posts": _posts,
}


@router.get("/")
def now(desk: Reading, topic: TopicId = None, hours: int = 0, by: str = "counts") -> Response:
    """Show where things stand with one topic."""
    with desk.database.read() as session:
        stand = standing(session, topic, desk.now, desk.house.owed)
        if topic is not None and topic not in [one.id for one in stand.topics]:
            return _archived(session, desk, topic)
        hours = _hours(hours, stand, desk)
        shared: Values = {"stand": stand, "hours": hours, "by": by, "ranges": RANGES}
        parts = {
            name: desk.part(
                f"now_{name}.html", **shared, **_extra(part, session, desk, stand, hours)
            )
            for name, part in PARTS.items()
        }
    return desk.show("now.html", parts=parts, **shared)


@router.get("/now/{name}")
def part(desk: Reading, name: str, topic: TopicId = None, hours: int = 0) -> Response:
    """Answer with one part of the screen, or nothing when it has not changed."""
    if name not in PARTS:
        raise NotFoundError
    with desk.database.read() as session:
        stand = standing(session, topic, desk.now, desk.house.owed)
        if topic is not None and topic not in [one.id for one in stand.topics]:
            # An open page must not go on as it was when its topic was archived.
            return Response(status_code=404, headers={"HX-Redirect": f"/?topic={topic}"})
        hours = _hours(hours, stand, desk)
        values = _extra(PARTS[name], session, desk, stand, hours)
        return desk.live(f"now_{name}.html", stand=stand, hours=hours, **values)


def _archived(session: Session, desk: Desk, topic: int) -> Response:
    """Lead to the page of a topic that rests: another's curves must not pass for its own."""
    return desk.go(f"/topics/{found(session, topic).id}")


def _extra(part: Part, session: Session, desk: Desk, stand: Standing, hours: int) -> Values:
    values = part(session, desk, stand, hours)
    return {name: value for name, value in values.items() if name not in ("stand", "hours")}


def _hours(hours: int, stand: Standing, desk: Desk) -> int:
    if hours in RANGES:
        return hours
    return span_hours(stand.incident.opened if stand.incident else None, desk.now)
