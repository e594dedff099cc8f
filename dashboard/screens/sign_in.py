"""Signing in and out."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from dashboard import session as tickets
from dashboard.desk import Desk, Open, Own
from dashboard.forms import Line
from dashboard.people import sign_in
from storage.person import Person

router = APIRouter()


@router.get("/sign-in")
def page(desk: Open, next: str = "/", lang: str = "") -> Response:
    """Show the sign-in form; it lists nobody, except in the demonstration."""
    if desk.who.person:
        return desk.go(_within(next))
    if lang in ("zh", "en"):
        kept = _within(next)
        answer: Response = desk.go("/sign-in", **({"next": kept} if kept != "/" else {}))
        answer.set_cookie("language", lang, samesite="lax", secure=desk.house.secure)
        return answer
    return _form(desk, next=next)


@router.post("/sign-in")
def enter(desk: Open, email: Line = "", password: Line = "", next: Line = "/") -> Response:
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


def _form(desk: Desk, status: int = 200, /, **values: object) -> Response:
    shown = {"failed": False, "email": "", "next": "/"} | values
    answer = desk.show("sign_in.html", status, **shown)
    tickets.write(desk.house, answer, desk.who.ticket)
    return answer


def _within(address: str) -> str:
    """Return the address when it stays on this site, else the first page."""
    inside = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if inside and address.isprintable() else "/"
