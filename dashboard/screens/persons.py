"""People: who signs in, what they may do, who gets alerts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from dashboard.desk import Desk, Operator
from dashboard.forms import Line
from dashboard.gate import NotFoundError
from dashboard.people import hash_password, mailable, password_problem
from storage.person import Person, Role, TakenError, by_email, move
from templates.catalogue import say

router = APIRouter()

Roles = Annotated[list[str], Form()]


@router.get("/people")
def listed(desk: Operator) -> Response:
    """Show everyone, and the form for another."""
    return _page(desk)


@router.post("/people")
def add(
    desk: Operator,
    email: Line = "",
    name: Line = "",
    password: Line = "",
    roles: Roles = [],  # noqa: B006 - FastAPI copies defaults
    alerted: Line = "",
) -> Response:
    """Add someone, with a first password to be handed over by another way."""
    problem = _new_problem(desk, email, name, password)
    if problem:
        return _page(desk, 400, problem, email=email, name=name)
    hashed = hash_password(password)
    with desk.database.begin() as session:
        taken = by_email(session, email) is not None
        if not taken:
            session.add(
                Person(
                    email=email.strip().lower(),
                    name=name.strip()[:200],
                    roles=_known(roles),
                    password=hashed,
                    alerted=bool(alerted),
                    created=desk.now,
                )
            )
    if taken:
        return _page(desk, 409, desk.words.say("email_taken"), email=email, name=name)
    return desk.go("/people", said="person_added")


@router.post("/people/{person_id:row}")
def change(
    desk: Operator,
    person_id: int,
    roles: Roles = [],  # noqa: B006 - FastAPI copies defaults
    alerted: Line = "",
    active: Line = "",
) -> Response:
    """Change what someone may do; their sessions end, so that it holds at once."""
    with desk.database.begin() as session:
        person = _person(session, person_id)
        keeps = bool(active) and Role.OPERATOR in roles
        if not keeps and not _other_operators(session, person_id):
            problem = desk.words.say("last_operator")
        else:
            problem = ""
            person.roles, person.alerted = _known(roles), bool(alerted)
            if person.active != bool(active):
                person.active, person.epoch = bool(active), person.epoch + 1
    return _page(desk, 409, problem) if problem else desk.go("/people", said="saved")


@router.post("/people/{person_id:row}/email")
def move_person(desk: Operator, person_id: int, email: Line = "") -> Response:
    """Give someone another address: they sign in with it, and alerts go there."""
    if not mailable(email):
        return _page(desk, 400, desk.words.say("email_bad"))
    try:
        with desk.database.begin() as session:
            move(session, _person(session, person_id), email)
    except TakenError:
        return _page(desk, 409, desk.words.say("email_taken"))
    return desk.go("/people", said="saved")


@router.post("/people/{person_id:row}/password")
def new_password(desk: Operator, person_id: int, password: Line = "") -> Response:
    """Give someone a new password; all their sessions end and a lock-out is lifted."""
    problem = password_problem(password)
    if problem:
        return _page(desk, 400, say(problem, desk.words.language))
    hashed = hash_password(password)
    with desk.database.begin() as session:
        person = _person(session, person_id)
        person.password, person.epoch = hashed, person.epoch + 1
        person.failed, person.locked_until = 0, None
    return desk.go("/people", said="saved")


def _new_problem(desk: Desk, email: str, name: str, password: str) -> str:
    if not mailable(email):
        return desk.words.say("email_bad")
    if not name.strip():
        return desk.words.say("name_missing")
    problem = password_problem(password, email)
    return say(problem, desk.words.language) if problem else ""


def _known(roles: list[str]) -> list[str]:
    return [role.value for role in Role if role.value in roles]


def _person(session: Session, person_id: int) -> Person:
    person = session.get(Person, person_id)
    if person is None:
        raise NotFoundError
    return person


def _other_operators(session: Session, person_id: int) -> bool:
    everyone = session.scalars(select(Person).where(Person.id != person_id))
    return any(person.may(Role.OPERATOR) for person in everyone)


def _page(desk: Desk, status: int = 200, problem: str = "", **kept: str) -> Response:
    with desk.database.read() as session:
        rows = list(session.scalars(select(Person).order_by(Person.active.desc(), Person.id)))
    return desk.show(
        "people.html", status, rows=rows, all_roles=list(Role), problem=problem, kept=kept
    )
