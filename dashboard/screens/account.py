"""One's own account: password and language."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from dashboard import session as tickets
from dashboard.desk import Own
from dashboard.forms import Line
from dashboard.people import hash_password, password_problem, sign_in
from storage.person import Person
from templates.catalogue import say

router = APIRouter()


@router.get("/account")
def account(desk: Own) -> Response:
    """Show one's own account."""
    return desk.show("account.html", problem="")


@router.post("/account/password")
def change_password(desk: Own, old: Line = "", new: Line = "") -> Response:
    """Change one's own password; every other session ends."""
    problem = password_problem(new, desk.person.email)
    # Tries count as at the door: a stolen session must not guess the password here.
    if sign_in(desk.database, desk.person.email, old, desk.now) is None:
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
def change_language(desk: Own, language: Line = "zh") -> Response:
    """Choose the language of the interface."""
    with desk.database.begin() as session:
        session.get_one(Person, desk.person.id).language = "en" if language == "en" else "zh"
    return desk.go("/account", said="saved")
