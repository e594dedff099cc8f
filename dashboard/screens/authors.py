"""The public name behind a pseudonym: for the few who may, with a reason, on record for good."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from dashboard.desk import Desk, Unsealer
from dashboard.forms import Line
from dashboard.gate import NotFoundError
from releases import audit
from storage.mention import AuthorName, Mention
from storage.person import Person
from storage.seal import Seal, SealBrokenError

router = APIRouter()

#: A reason shorter than this tells a later reader nothing; one longer is cut.
SHORTEST, LONGEST = 4, 500
SUBJECT, ACTION = "mention", "reveal_author"


@router.get("/posts/{mention_id:row}/author")
def ask(desk: Unsealer, mention_id: int) -> Response:
    """Show the post, who has looked before, and the form that asks why."""
    return _page(desk, mention_id)


@router.post("/posts/{mention_id:row}/author")
def reveal(desk: Unsealer, mention_id: int, reason: Line = "") -> Response:
    """Open the name once the reason is in the audit log; it is shown in this answer alone."""
    reason = reason.replace("\0", "").strip()[:LONGEST]
    if len(reason) < SHORTEST:
        return _page(desk, mention_id, 400, desk.words.say("reveal_why_bad", least=SHORTEST))
    with desk.database.begin() as session:
        mention = _mention(session, mention_id)
        held = session.get(AuthorName, mention.author) if mention.author else None
        if held is None or held.expires <= desk.now:
            problem, name = desk.words.say("reveal_gone"), ""
        else:
            problem, name = _open(desk, held)
        if name:
            data = {"reason": reason, "author": mention.author}
            audit.append(session, (SUBJECT, mention.id), ACTION, desk.person.id, desk.now, data)
    return _page(desk, mention_id, 409 if problem else 200, problem, name)


def _open(desk: Desk, held: AuthorName) -> tuple[str, str]:
    """Return what stands in the way, or the name."""
    try:
        return "", Seal(desk.house.secret).open(held.sealed)
    except SealBrokenError:
        return desk.words.say("reveal_broken"), ""


def _mention(session: Session, mention_id: int) -> Mention:
    mention = session.get(Mention, mention_id)
    if mention is None:
        raise NotFoundError
    return mention


def _page(
    desk: Desk, mention_id: int, status: int = 200, problem: str = "", name: str = ""
) -> Response:
    with desk.database.read() as session:
        mention = _mention(session, mention_id)
        steps = audit.steps_of(session, SUBJECT, mention_id)
        looks = [step for step in steps if step.action == ACTION][::-1]
        people = {one.id: one.name for one in session.scalars(select(Person))}
        held = session.get(AuthorName, mention.author) if mention.author else None
    expires = held.expires if held and held.expires > desk.now else None
    return desk.show(
        "author.html",
        status,
        mention=mention,
        looks=looks,
        people=people,
        expires=expires,
        problem=problem,
        revealed=name,
    )
