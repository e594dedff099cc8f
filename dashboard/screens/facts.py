"""Facts: entered by one person, verified by another, revoked when they no longer hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from dashboard.desk import Desk, Keeper, Reading
from dashboard.forms import BadMomentError, Line, moment, row_of
from dashboard.pages import safe_link
from dashboard.topic_page import TopicId, chosen
from releases import facts
from releases.facts import KEEPERS, NewEvidence, NewFact
from releases.refusal import NotAllowed
from storage.person import Person
from storage.release import Claim, Evidence, Fact, FactKind
from storage.topic import Topic

router = APIRouter()


@dataclass(frozen=True)
class Entry:
    """The form in which a fact is entered."""

    topic: Line = ""
    statement: Line = ""
    source: Line = ""
    kind: Line = FactKind.FINDING.value
    words: Line = ""
    owner: Line = ""
    valid_until: Line = ""
    note: Line = ""
    url: Line = ""

    def fact(self, desk: Desk) -> NewFact:
        """Return what was entered.

        Raises:
            BadMomentError: the date cannot be read.
            NotAllowed: the kind is none of ours.
        """
        evidence = (NewEvidence(self.note or self.url, self.url or None),)
        return NewFact(
            statement=self.statement,
            source=self.source,
            kind=self.kind if self.kind in list(FactKind) else FactKind.FINDING.value,
            words=self.words.replace("，", " ").replace(",", " ").replace("、", " ").split(),
            owner_id=row_of(self.owner),
            valid_until=moment(self.valid_until, desk.house.zone),
            evidence=evidence if self.note.strip() or self.url.strip() else (),
        )


@router.get("/facts")
def page(desk: Reading, topic: TopicId = None, question: str = "") -> Response:
    """Show the facts of a topic and the form for another."""
    return _page(desk, topic, question=question[:500])


@router.post("/facts")
def enter(desk: Keeper, entry: Annotated[Entry, Depends()]) -> Response:
    """Enter a fact; nobody may use it before another person has verified it."""
    topic = row_of(entry.topic) or 0
    if entry.url.strip() and not safe_link(entry.url):
        return _page(desk, topic, 400, problem=desk.words.say("bad_link"), kept=entry)
    try:
        with desk.database.begin() as session:
            facts.enter(session, topic, entry.fact(desk), desk.person, desk.now)
    except BadMomentError:
        return _page(desk, topic, 400, problem=desk.words.say("bad_date"), kept=entry)
    except NotAllowed as refusal:
        return _page(desk, topic, 400, problem=refusal.say(desk.words.language), kept=entry)
    return desk.go("/facts", said="fact_entered", topic=str(topic))


@router.post("/facts/{fact_id:row}/verify")
def verify(desk: Keeper, fact_id: int) -> Response:
    """Say that one has checked a fact which another person entered."""
    with desk.database.begin() as session:
        fact = facts.verify(session, fact_id, desk.person, desk.now)
    return desk.go("/facts", said="fact_verified", topic=str(fact.topic_id))


@router.post("/facts/{fact_id:row}/revoke")
def revoke(desk: Keeper, fact_id: int, reason: Line = "") -> Response:
    """Take a fact out of use."""
    with desk.database.begin() as session:
        facts.revoke(session, fact_id, desk.person, desk.now, reason)
        topic = session.get_one(Fact, fact_id).topic_id
    return desk.go("/facts", said="fact_revoked", topic=str(topic))


def state(fact: Fact, now: datetime) -> str:
    """Return ``revoked``, ``expired``, ``waiting`` (to be verified) or ``usable``."""
    if fact.revoked is not None:
        return "revoked"
    if fact.valid_until is not None and fact.valid_until <= now:
        return "expired"
    return "usable" if fact.usable(now) else "waiting"


def _page(
    desk: Desk,
    topic_id: int | None,
    status: int = 200,
    /,
    problem: str = "",
    question: str = "",
    kept: Entry | None = None,
) -> Response:
    with desk.database.read() as session:
        topics, topic = chosen(session, topic_id)
        values = _rows(session, topic, desk.now) if topic else {"rows": []}
        people = list(session.scalars(select(Person).where(Person.active).order_by(Person.id)))
        names = {one.id: one.name for one in session.scalars(select(Person))}
    may_keep = desk.person.may(*KEEPERS)
    values |= {"people": people, "names": names, "topics": topics, "topic": topic}
    values |= {"problem": problem, "question": question, "kept": kept or Entry()}
    return desk.show("facts.html", status, may_keep=may_keep, kinds=list(FactKind), **values)


def _rows(session: Session, topic: Topic, now: datetime) -> dict[str, Any]:
    found = facts.of_topic(session, topic.id)
    ids = [fact.id for fact in found]
    evidence: dict[int, list[Evidence]] = {}
    for item in session.scalars(select(Evidence).where(Evidence.fact_id.in_(ids))):
        evidence.setdefault(item.fact_id, []).append(item)
    counted = session.execute(
        select(Claim.fact_id, func.count(func.distinct(Claim.release_id)))
        .where(Claim.fact_id.in_(ids))
        .group_by(Claim.fact_id)
    )
    used = {row[0]: row[1] for row in counted}
    order = ("waiting", "usable", "expired", "revoked")
    rows = sorted(((fact, state(fact, now)) for fact in found), key=lambda row: order.index(row[1]))
    return {"rows": rows, "evidence": evidence, "used": used}
