"""Incidents: the list, and one incident with everything that speaks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Query
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from dashboard.affair import signs
from dashboard.concerns import Asked, asked
from dashboard.desk import Desk, Drafter, Officer, Reading
from dashboard.gate import NotFoundError
from dashboard.posts import Filter, by_ids, fold, narrowed, newest, total, window
from dashboard.shares import shares_of
from dashboard.stand import clock_of
from dashboard.terms import terms_of
from releases.draft import open_releases, write_draft
from storage.bucket import MINUTE, by_platform
from storage.incident import (
    Alert,
    Incident,
    SpikeRow,
    StageChange,
    acknowledge,
    alerts_of,
    take_note,
)
from storage.mention import Mention
from storage.person import Person
from storage.topic import Topic

router = APIRouter()

#: How much calm is shown before an incident, and how many posts a page holds.
BEFORE = timedelta(hours=1)
PAGE = 20
#: How many sample posts a concern shows.
SAMPLES = 5


@dataclass(frozen=True)
class Wanted:
    """Which of the incident's posts are asked for."""

    mood: Annotated[str, Query(max_length=20)] = ""
    platform: Annotated[str, Query(max_length=200)] = ""
    page: Annotated[int, Query(ge=1, le=500)] = 1

    @property
    def filter(self) -> Filter:
        """The same as a filter of posts."""
        return Filter(mood=self.mood, platform=self.platform)


@router.get("/incidents")
def listed(desk: Reading) -> Response:
    """Show all incidents, the open ones first."""
    with desk.database.read() as session:
        rows = session.execute(
            select(Incident, Topic.name, Person.name)
            .join(Topic, Topic.id == Incident.topic_id)
            .outerjoin(Person, Person.id == Incident.owner_id)
            .order_by(Incident.closed.is_not(None), Incident.opened.desc())
            .limit(200)
        ).all()
    return desk.show("incidents.html", rows=rows)


@router.get("/incidents/{incident_id:row}")
def one(
    desk: Reading,
    incident_id: int,
    wanted: Annotated[Wanted, Depends()],
    folded: bool = False,
) -> Response:
    """Show an incident with its evidence, its curves with copies or without."""
    with desk.database.read() as session:
        incident = _incident(session, incident_id)
        values = _evidence(session, desk, incident) | _posts(session, desk, incident, wanted)
        since, _ = _stretch(incident, desk.now)
        values |= signs(session, incident, desk.now, since, desk.house.zone)
    return desk.show("incident.html", incident=incident, wanted=wanted, folded=folded, **values)


@router.post("/incidents/{incident_id:row}/acknowledge")
def acknowledge_all(desk: Officer, incident_id: int) -> Response:
    """Acknowledge every alert of an incident."""
    with desk.database.begin() as session:
        take_note(session, _incident(session, incident_id), desk.person.id, desk.now)
    return desk.go(f"/incidents/{incident_id}", said="acknowledged")


@router.post("/incidents/{incident_id:row}/own")
def own(desk: Officer, incident_id: int) -> Response:
    """Take an incident over, which also says that somebody has seen it."""
    with desk.database.begin() as session:
        incident = _incident(session, incident_id)
        incident.owner_id = desk.person.id
        take_note(session, incident, desk.person.id, desk.now)
    return desk.go(f"/incidents/{incident_id}", said="owned")


@router.post("/incidents/{incident_id:row}/draft")
def draft(desk: Drafter, incident_id: int) -> Response:
    """Write a first draft from the incident and go to it."""
    with desk.database.begin() as session:
        made = write_draft(session, incident_id, desk.person, desk.now, terms_of(desk.house))
    return desk.go(f"/releases/{made.id}", said="drafted")


@router.post("/alerts/{alert_id:row}/acknowledge")
def hear(desk: Officer, alert_id: int) -> Response:
    """Acknowledge an alert, and with it all others of its incident."""
    with desk.database.begin() as session:
        alert = session.get(Alert, alert_id)
        if alert is None:
            raise NotFoundError
        acknowledge(session, alert.id, desk.person.id, desk.now)
        if alert.incident_id is not None:
            incident = _incident(session, alert.incident_id)
            take_note(session, incident, desk.person.id, desk.now)
    return desk.go("/", said="acknowledged")


def _incident(session: Session, incident_id: int) -> Incident:
    incident = session.get(Incident, incident_id)
    if incident is None:
        raise NotFoundError
    return incident


def _stretch(incident: Incident, now: datetime) -> tuple[datetime, datetime]:
    return incident.opened - BEFORE, (incident.closed or now) + timedelta(minutes=1)


def _evidence(session: Session, desk: Desk, incident: Incident) -> dict[str, Any]:
    since, until = _stretch(incident, desk.now)
    found = asked(session, incident.id)
    return {
        "topic": session.get_one(Topic, incident.topic_id),
        "owner": session.get(Person, incident.owner_id) if incident.owner_id else None,
        "clock": clock_of(session, incident, desk.now, desk.house.owed),
        "stages": _rows(session, StageChange, incident.id),
        "spikes": _rows(session, SpikeRow, incident.id),
        "alerts": alerts_of(session, incident.id)[::-1],
        "people": {person.id: person.name for person in session.scalars(select(Person))},
        "concerns": found,
        "samples": _samples(session, found),
        "mood_shares": shares_of(session, desk, incident.topic_id, (since, until), MINUTE),
        "drafts": open_releases(session, incident.id),
        "since": since,
        "until": until,
        "platforms": sorted(by_platform(session, incident.topic_id, since, until, MINUTE)),
    }


Row = TypeVar("Row", StageChange, SpikeRow)


def _rows(session: Session, kind: type[Row], incident_id: int) -> Sequence[Row]:
    wanted = select(kind).where(kind.incident_id == incident_id)
    return session.scalars(wanted.order_by(kind.at.desc(), kind.id.desc()).limit(100)).all()


def _samples(session: Session, found: Sequence[Asked]) -> dict[int, list[Mention]]:
    return {
        one.concern.id: by_ids(session, map(int, one.concern.examples[:SAMPLES])) for one in found
    }


def _posts(session: Session, desk: Desk, incident: Incident, wanted: Wanted) -> dict[str, Any]:
    since, until = _stretch(incident, desk.now)
    query = narrowed(window(incident.topic_id, since, until), wanted.filter)
    found = newest(session, query, PAGE + 1, (wanted.page - 1) * PAGE)
    return {
        "posts": fold(found[:PAGE]),
        "more": len(found) > PAGE,
        "count": total(session, query),
    }
