"""A post's moods: switched by people with one click, and explained word by word."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from analysis.explain import moves
from analysis.mood import MOODS, Mood
from analysis.moods import ModelError, MoodModel
from dashboard.desk import SEE_OTHER, Desk, Reading, Teacher
from dashboard.gate import NotFoundError, StaleError, split
from storage.alike import copies_alike
from storage.correction import set_mood, told_of
from storage.mention import MOOD_BITS, Mention

router = APIRouter()
log = logging.getLogger(__name__)

#: Words shown a mood, the least weight shown (log-odds), and corrections shown a post.
WORDS, LEAST, CORRECTIONS = 6, 0.1, 10


@router.post("/posts/{mention_id:row}/moods")
def correct(
    desk: Teacher,
    mention_id: int,
    added: Annotated[Mood | None, Form(alias="is")] = None,
    dropped: Annotated[Mood | None, Form(alias="not")] = None,
) -> Response:
    """Say that a post carries a mood, or does not."""
    mood = added or dropped
    if mood is None:
        raise StaleError
    with desk.database.begin() as session:
        carries, now = added is not None, desk.now
        mention = set_mood(session, mention_id, mood.value, carries, desk.person.id, now)
        alike = copies_alike(session, mention) if mention else 0
    if mention is None:
        raise NotFoundError
    if desk.request.headers.get("hx-request"):
        return desk.show("post_moods.html", mention=mention, alike=alike)
    back = split(desk.request.headers.get("referer", ""))
    # Two slashes would name another host.
    return RedirectResponse(f"/{back.path.lstrip('/')}?{back.query}", SEE_OTHER)


@dataclass(frozen=True)
class Reason:
    """One mood of a post, how likely it is, and the words that moved it, the strongest first."""

    mood: Mood
    score: float
    words: list[tuple[str, float]]


@router.get("/posts/{mention_id:row}/why")
def why(desk: Reading, mention_id: int) -> Response:
    """Show which words moved each mood of a post, and who corrected it."""
    with desk.database.read() as session:
        mention = session.get(Mention, mention_id)
        if mention is None or mention.model is None:
            raise NotFoundError
        told = _told(session, desk, mention)
    model = _model(desk)
    reasons = _reasons(model, mention) if model else []
    page = "post_why.html" if desk.request.headers.get("hx-request") else "post.html"
    return desk.show(page, mention=mention, reasons=reasons, told=told, model=model)


def _model(desk: Desk) -> MoodModel | None:
    """Return the model in use; None when it is not whole, which the page then says."""
    try:
        return desk.house.model()
    except ModelError as error:
        log.error("cannot explain: %s", error)
        return None


def _reasons(model: MoodModel, mention: Mention) -> list[Reason]:
    """Explain every mood, the likeliest first."""
    text = mention.judged
    scores = dict(zip(MOODS, model.score([text])[0].tolist(), strict=True))
    found = [
        Reason(mood, scores[mood], [pair for pair in words if abs(pair[1]) >= LEAST])
        for mood, words in moves(model, text, most=WORDS).items()
    ]
    return sorted(found, key=lambda reason: -reason.score)


def _told(session: Session, desk: Desk, mention: Mention) -> list[str]:
    """Say who corrected a post, the latest first."""
    return [
        desk.words.say(
            "correction_line",
            at=desk.words.when(row.at),
            name=name or desk.words.say("unknown"),
            before=_named(desk, row.before),
            after=_named(desk, row.after),
            model=row.model,
        )
        for row, name in told_of(session, mention, CORRECTIONS)
    ]


def _named(desk: Desk, labels: int) -> list[str]:
    found = [desk.words.label("mood", name) for name, bit in MOOD_BITS.items() if labels & bit]
    return found or [desk.words.say("no_mood")]
