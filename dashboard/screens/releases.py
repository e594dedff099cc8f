"""Statements: the list, the page of one, and every step people take with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from dashboard.desk import Desk, Drafter, Editor, Publisher, Reading, Reviewer
from dashboard.effects import outcome
from dashboard.forms import Fields, Line, typed
from dashboard.gate import NotFoundError, StaleError
from dashboard.statement import statement
from dashboard.terms import terms_of
from releases import audit, render, workflow
from releases.draft import add_questions
from releases.edit import blocks
from releases.gate import EDITABLE, EDITORS
from releases.standing import may_sign, standing
from releases.view import release_url
from storage.incident import Incident, concerns_of
from storage.person import Person
from storage.release import Approval, Evidence, Release
from storage.topic import Topic

router = APIRouter()

#: How many of an incident's concerns stand beside the text.
CONCERNS = 8


@router.get("/releases")
def listed(desk: Reading) -> Response:
    """Show all statements, the latest change first."""
    with desk.database.read() as session:
        rows = session.execute(
            select(Release, Person.name, Incident.title)
            .join(Person, Person.id == Release.author_id)
            .outerjoin(Incident, Incident.id == Release.incident_id)
            .order_by(Release.updated.desc(), Release.id.desc())
            .limit(200)
        ).all()
    return desk.show("releases.html", rows=rows)


@router.get("/releases/{release_id:row}")
def one(desk: Reading, release_id: int) -> Response:
    """Show a statement with what it answers, what binds it and who has agreed."""
    return page(desk, release_id)


@router.get("/releases/{release_id:row}/preview")
def preview(desk: Reading, release_id: int) -> Response:
    """Show a statement as the public will read it."""
    with desk.database.read() as session:
        release = found(session, release_id)
    at = release.published or desk.now
    html = render.html(release.content, release.number, at, desk.house.zone)
    text = render.text(release.content, release.number, at, desk.house.zone)
    return desk.show("preview.html", release=release, html=html, text=text)


@router.post("/releases/{release_id:row}/questions")
def questions(desk: Drafter, release_id: int) -> Response:
    """Answer leading questions that came up since the draft was written."""
    with desk.database.begin() as session:
        add_questions(session, release_id, desk.person, desk.now, terms_of(desk.house))
    return desk.go(f"/releases/{release_id}", said="saved")


@router.post("/releases/{release_id:row}/submit")
def submit(desk: Editor, release_id: int, sent: Fields) -> Response:
    """Hand a draft to the reviewers, with reasons for rules put aside."""
    waivers = {
        name.removeprefix("waive:"): reason[:500]
        for name, reason in sent.items()
        if name.startswith("waive:") and reason.strip()
    }
    with desk.database.begin() as session:
        workflow.submit(session, release_id, desk.person, desk.now, terms_of(desk.house), waivers)
    return desk.go(f"/releases/{release_id}", said="submitted")


@router.post("/releases/{release_id:row}/approve")
def approve(desk: Reading, release_id: int, comment: Line = "", seen: Line = "") -> Response:
    """Agree to the very text that was shown."""
    with desk.database.begin() as session:
        _unchanged(session, release_id, seen)
        workflow.approve(
            session, release_id, desk.person, desk.now, terms_of(desk.house), comment=comment
        )
    return desk.go(f"/releases/{release_id}", said="approved")


@router.post("/releases/{release_id:row}/changes")
def changes(desk: Reviewer, release_id: int, comment: Line = "") -> Response:
    """Send a text back to its writers."""
    with desk.database.begin() as session:
        workflow.request_changes(session, release_id, desk.person, desk.now, comment)
    return desk.go(f"/releases/{release_id}", said="sent_back")


@router.post("/releases/{release_id:row}/reject")
def reject(desk: Reviewer, release_id: int, comment: Line = "") -> Response:
    """Drop a text for good."""
    with desk.database.begin() as session:
        workflow.reject(session, release_id, desk.person, desk.now, comment)
    return desk.go(f"/releases/{release_id}", said="rejected")


@router.post("/releases/{release_id:row}/publish")
def publish(desk: Publisher, release_id: int, seen: Line = "") -> Response:
    """Let the public read it."""
    with desk.database.begin() as session:
        _unchanged(session, release_id, seen)
        workflow.publish(session, release_id, desk.person, desk.now, terms_of(desk.house))
    return desk.go(f"/releases/{release_id}", said="published")


def found(session: Session, release_id: int) -> Release:
    """Return a release.

    Raises:
        NotFoundError: there is none of this id.
    """
    release = session.get(Release, release_id)
    if release is None:
        raise NotFoundError
    return release


def page(
    desk: Desk, release_id: int, status: int = 200, problem: str = "", **kept: str
) -> Response:
    """Show the page of a release, perhaps with a problem and the text that was not saved."""
    with desk.database.read() as session:
        release = found(session, release_id)
        values = _values(session, desk, release)
    editing = values["editable"] and (bool(kept) or "edit" in desk.request.query_params)
    return desk.show(
        "release.html",
        status,
        release=release,
        editing=editing,
        problem=problem,
        kept=kept,
        **values,
    )


def _unchanged(session: Session, release_id: int, seen: str) -> None:
    """What a person agrees to is what they saw: a text changed meanwhile is shown again."""
    if seen and found(session, release_id).digest != seen:
        raise StaleError


def _values(session: Session, desk: Desk, release: Release) -> dict[str, Any]:
    terms = terms_of(desk.house)
    state = standing(session, release, desk.now, terms)
    concerns = concerns_of(session, release.incident_id, CONCERNS) if release.incident_id else []
    at = _moment(release.content.get("next_update"))
    answers = {answer["concern_id"]: answer["status"] for answer in release.content["answers"]}
    return {
        "standing": state,
        "statement": statement(release.content, state.findings),
        "blocks": blocks(release.content),
        "concerns": [(one, answers.get(one.id, "open")) for one in concerns],
        "fresh": [one for one in concerns if one.id not in answers],
        "topic": session.get_one(Topic, release.topic_id),
        "people": {one.id: one.name for one in session.scalars(select(Person))},
        "evidence": _evidence(session, list(state.facts)),
        "words": _words(session, release.id),
        "steps": audit.steps_of(session, "release", release.id)[::-1],
        "mine": may_sign(session, release, desk.person, terms),
        "editable": release.state in EDITABLE and desk.person.may(*EDITORS),
        "next_update": at,
        "next_typed": typed(at, desk.house.zone),
        "effect": outcome(session, release, desk.now),
        "public_url": release_url(desk.house.public_url, release.number),
    }


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _evidence(session: Session, fact_ids: list[int]) -> dict[int, list[Evidence]]:
    rows = session.scalars(select(Evidence).where(Evidence.fact_id.in_(fact_ids)))
    by_fact: dict[int, list[Evidence]] = {}
    for row in rows:
        by_fact.setdefault(row.fact_id, []).append(row)
    return by_fact


def _words(session: Session, release_id: int) -> list[Approval]:
    wanted = select(Approval).where(Approval.release_id == release_id)
    return list(session.scalars(wanted.order_by(Approval.id.desc()).limit(50)))
