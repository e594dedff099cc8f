"""Signing in and out, and one's own account."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from dashboard import session as tickets
from dashboard.desk import Desk, Open, Own
from dashboard.people import check_password, hash_password, password_problem, sign_in
from storage.person import Person
from templates.catalogue import say

router = APIRouter()

Field = Annotated[str, Form(max_length=2_000)]


@router.get("/sign-in")
def page(desk: Open, next: str = "/", lang: str = "") -> Response:
    """Show the sign-in form; it lists nobody, except in the demonstration."""
    if desk.who.person:
        return desk.go(_within(next))
    if lang in ("zh", "en"):
        answer: Response = desk.go("/sign-in")
        answer.set_cookie("language", lang, samesite="lax", secure=desk.house.secure)
        return answer
    return _form(desk, next=next)


@router.post("/sign-in")
def enter(desk: Open, email: Field = "", password: Field = "", next: Field = "/") -> Response:
    """Let a person in, or say the one sentence that gives nothing away."""
    person = sign_in(desk.database, email, password, desk.now)
    if person is None:
        return _form(desk, 401, failed=True, email=email, next=next)
    answer = desk.go(_within(next))
    tickets.write(desk.house, answer, tickets.issue(desk.house, person.id, person.epoch))
    return answer


@router.post("/sign-out")
def leave(desk: Own) -> Response:
    """End every session of this person, so that a copied cookie is worth nothing."""
    with desk.database.begin() as session:
        person = session.get_one(Person, desk.person.id)
        person.epoch += 1
    answer = desk.go("/sign-in", said="signed_out")
    answer.delete_cookie(tickets.cookie_name(desk.house), secure=desk.house.secure)
    return answer


@router.get("/account")
def account(desk: Own) -> Response:
    """Show one's own account."""
    return desk.show("account.html", problem="")


@router.post("/account/password")
def change_password(desk: Own, old: Field = "", new: Field = "") -> Response:
    """Change one's own password; every other session ends."""
    problem = password_problem(new, desk.person.email)
    if not check_password(desk.person.password, old):
        problem = "dashboard.password_wrong"
    if problem:
        text = say(problem, desk.words.language)
        return desk.show("account.html", 400, problem=text)
    hashed = hash_password(new)
    with desk.database.begin() as session:
        person = session.get_one(Person, desk.person.id)
        person.password, person.epoch = hashed, person.epoch + 1
    answer = desk.go("/account", said="password_changed")
    tickets.write(desk.house, answer, tickets.issue(desk.house, person.id, person.epoch))
    return answer


@router.post("/account/language")
def change_language(desk: Own, language: Field = "zh") -> Response:
    """Choose the language of the interface."""
    with desk.database.begin() as session:
        session.get_one(Person, desk.person.id).language = "en" if language == "en" else "zh"
    return desk.go("/account", said="saved")


def _form(desk: Desk, status: int = 200, /, **values: object) -> Response:
    shown = {"failed": False, "email": "", "next": "/"} | values
    answer = desk.show("sign_in.html", status, **shown)
    tickets.write(desk.house, answer, desk.who.ticket)
    return answer


def _within(address: str) -> str:
    """Return the address when it stays on this site, else the first page."""
    inside = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if inside and address.isprintable() else "/"
