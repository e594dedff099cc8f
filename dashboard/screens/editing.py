"""Changing a statement's text, without losing anybody's words."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from dashboard.desk import Desk, Editor
from dashboard.forms import BadMomentError, Fields, moment
from dashboard.screens.releases import found, page
from dashboard.terms import terms_of
from releases import workflow
from releases.refusal import NotAllowed

router = APIRouter()

#: Fields of the form that are not parts of the text.
OURS = frozenset({"token", "seen", "next_update_was"})


@router.post("/releases/{release_id:row}/edit")
def edit(desk: Editor, release_id: int, sent: Fields) -> Response:
    """Save a changed text; what cannot be saved is shown again as it was typed."""
    typed = {name: text for name, text in sent.items() if name not in OURS}
    if typed.get("next_update") == sent.get("next_update_was"):
        typed.pop("next_update", None)
    try:
        changes = _changes(desk, typed)
    except BadMomentError:
        return page(desk, release_id, 400, desk.words.say("bad_moment"), **typed)
    try:
        with desk.database.begin() as session:
            current = found(session, release_id)
            if current.digest == sent.get("seen"):
                terms = terms_of(desk.house)
                workflow.edit(session, release_id, desk.person, desk.now, terms, changes)
                return desk.go(f"/releases/{release_id}", said="saved")
    except NotAllowed as refusal:
        return page(desk, release_id, 409, refusal.say(desk.words.language), **typed)
    return page(desk, release_id, 409, desk.words.say("text_moved_on"), **typed)


def _changes(desk: Desk, typed: dict[str, str]) -> dict[str, str]:
    """Turn the form into changes; only the next update's time needs reading."""
    changes = dict(typed)
    if "next_update" in changes:
        at = moment(changes["next_update"], desk.house.zone)
        changes["next_update"] = at.isoformat() if at else ""
    return changes
