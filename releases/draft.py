"""The first draft: an incident's leading questions, answered by facts that may be used."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from releases import audit, facts
from releases.compose import compose
from releases.content import ON_PUBLICATION, fact_ids, with_answers
from releases.gate import EDITABLE, EDITORS, open_for, rewrite
from releases.match import Asked, fitting
from releases.numbers import next_number
from releases.refusal import NotAllowed
from releases.repeat import repeats
from releases.reply import QUESTIONS, Reply, own_names, replies
from releases.save import write
from releases.talk import leading_mood, talk_of
from releases.terms import Terms
from storage.incident import Concern, Incident, concerns_of
from storage.person import Person, Role
from storage.release import Fact, FactKind, Release, ReleaseState
from storage.topic import Topic
from templates.catalogue import say

KIND = "clarification"
#: Who may draft.
DRAFTERS = (Role.AUTHOR, Role.PR_LEAD)
#: Longest fact that fits in a headline, in characters.
HEADLINE = 36
#: How many facts the first paragraph tells.
LEAD = 2
#: A second click within this time is the same wish.
SAME_CLICK = timedelta(minutes=1)


def write_draft(
    session: Session,
    incident_id: int,
    author: Person,
    now: datetime,
    terms: Terms,
    next_update: datetime | None = None,
) -> Release:
    """Write a draft that says only what verified facts say, and marks what is not known.

    A second click by the same person within a minute returns the draft the first one made.

    Raises:
        NotAllowed: no such incident, the role is missing, or ``next_update`` has passed.
    """
    if not author.may(*DRAFTERS):
        raise NotAllowed("releases.role_draft", {"name": author.name})
    if next_update is not None and next_update <= now:
        raise NotAllowed("releases.next_update_past")
    wanted = select(Incident).where(Incident.id == incident_id).with_for_update()
    incident = session.scalar(wanted)
    if incident is None:
        raise NotAllowed("releases.no_incident", {"incident": incident_id})
    again = _same_click(session, incident_id, author, now)
    if again is not None:
        return again
    release = _blank(incident, author, now, next_number(session, now, terms))
    content = _content(session, incident, now, terms, next_update)
    write(session, release, content, now)
    _record(session, release, author, now)
    return release


def add_questions(
    session: Session, release_id: int, person: Person, now: datetime, terms: Terms
) -> Release:
    """Answer the leading questions that came up since, by the facts usable now.

    Like any edit it voids approvals and makes the text a draft; nothing new changes nothing.

    Raises:
        NotAllowed: role or state.
    """
    release = open_for(session, release_id, person, EDITORS, EDITABLE)
    topic = session.get_one(Topic, release.topic_id)
    answered = {answer["concern_id"] for answer in release.content["answers"]}
    leading = concerns_of(session, release.incident_id or 0, QUESTIONS)
    fresh = [concern for concern in leading if concern.id not in answered]
    if not fresh:
        return release
    usable = facts.usable(session, topic.id, now)
    made = replies(fresh, usable, own_names(topic, terms))
    content = with_answers(release.content, compose(KIND, "questions", {"answers": made}))
    content["concerns"] = [*content["concerns"], *(concern.id for concern in fresh)]
    rewrite(session, release, content, person, now)
    data = {"digest": release.digest, "concerns": [concern.id for concern in fresh]}
    audit.append(session, ("release", release.id), "add_questions", person.id, now, data)
    return release


def open_releases(session: Session, incident_id: int) -> list[Release]:
    """Return the releases of an incident that were not rejected, newest first."""
    wanted = select(Release).where(
        Release.incident_id == incident_id, Release.state != ReleaseState.REJECTED.value
    )
    return list(session.scalars(wanted.order_by(Release.id.desc())))


def _blank(incident: Incident, author: Person, now: datetime, number: str) -> Release:
    return Release(
        number=number,
        uid=str(uuid.uuid4()),
        incident_id=incident.id,
        topic_id=incident.topic_id,
        kind=KIND,
        version=1,
        state=ReleaseState.DRAFT.value,
        author_id=author.id,
        writers=[author.id],
        created=now,
    )


def _content(
    session: Session, incident: Incident, now: datetime, terms: Terms, until: datetime | None
) -> dict[str, Any]:
    topic = session.get_one(Topic, incident.topic_id)
    names = own_names(topic, terms)
    concerns = concerns_of(session, incident.id, QUESTIONS)
    usable = facts.usable(session, topic.id, now)
    answers = replies(concerns, usable, names)
    about = _about(incident, answers, usable, names)
    short = terms.company.short or terms.company.name or "我司"
    values: dict[str, Any] = {
        "issuer": terms.company.name or short,
        "short": short,
        "topic": topic.name,
        "matter": _matter(topic, terms),
        "mood": leading_mood(concerns),
        "talk": talk_of(session, incident, concerns, now, terms, names),
        "answers": answers,
        "open_questions": any(reply.status != "answered" for reply in answers),
        **_parts(about, answers),
    }
    name = "statement" if about else "holding"
    return compose(KIND, name, values) | _frame(terms, concerns, until)


def _matter(topic: Topic, terms: Terms) -> str:
    """Name what it is about; a company does not speak «关于» itself."""
    if topic.name in (terms.company.short, terms.company.name):
        return say("releases.matter_own")
    return say("releases.matter", topic=topic.name)


def _about(
    incident: Incident, answers: Iterable[Reply], usable: Sequence[Fact], names: Sequence[str]
) -> list[Fact]:
    """Return the facts this affair is about: those that answer, then those its words find."""
    asked = Asked(incident.title, tuple(map(str, incident.words)))
    found = [fact for reply in answers for fact in reply.facts]
    found += fitting(asked, usable, names)
    return list({fact.id: fact for fact in found}.values())


def _parts(about: Sequence[Fact], answers: Sequence[Reply]) -> dict[str, Any]:
    """Sort facts into the places of a statement; only what is told there has its source named."""
    findings = [fact for fact in about if fact.kind == FactKind.FINDING]
    questions = [reply.question for reply in answers]
    parts = {
        "lead": (findings or about)[:LEAD],
        "actions": [fact for fact in about if fact.kind == FactKind.ACTION],
        "advice": [fact for fact in about if fact.kind == FactKind.ADVICE],
    }
    told = {
        fact.id for facts in [*parts.values(), *(one.facts for one in answers)] for fact in facts
    }
    sources: dict[str, list[Fact]] = {}
    for fact in (fact for fact in about if fact.id in told):
        sources.setdefault(fact.source, []).append(fact)
    return {
        **parts,
        "headline_fact": next((fact for fact in findings[:1] if _heads(fact, questions)), None),
        "sources": list(sources.items()),
    }


def _heads(fact: Fact, questions: Sequence[str]) -> bool:
    """Whether a fact fits in a headline and does not carry the rumour into it."""
    return len(fact.statement) <= HEADLINE and not repeats(fact.statement, questions)


def _frame(terms: Terms, concerns: Sequence[Concern], until: datetime | None) -> dict[str, Any]:
    company = terms.company
    contact = {
        "name": company.contact_name,
        "phone": company.contact_phone,
        "email": company.contact_email,
        "hotline": company.hotline,
    }
    return {
        "concerns": [concern.id for concern in concerns],
        "next_update": until.astimezone(terms.zone).isoformat() if until else None,
        "issuer": company.name,
        "short": company.short or company.name,
        "city": company.city,
        "contact": {name: value for name, value in contact.items() if value},
        "boilerplate": company.boilerplate,
        "closing": "特此声明。",
        "date": ON_PUBLICATION,
    }


def _same_click(
    session: Session, incident_id: int, author: Person, now: datetime
) -> Release | None:
    wanted = select(Release).where(
        Release.incident_id == incident_id,
        Release.author_id == author.id,
        Release.state == ReleaseState.DRAFT.value,
        Release.created > now - SAME_CLICK,
        Release.created == Release.updated,
    )
    return session.scalar(wanted.order_by(Release.id.desc()).limit(1))


def _record(session: Session, release: Release, author: Person, now: datetime) -> None:
    used = [session.get_one(Fact, fact) for fact in fact_ids(release.content)]
    data = {
        "digest": release.digest,
        "template": release.content["template"],
        "concerns": release.content["concerns"],
        "facts": {str(fact.id): fact.statement for fact in used},
    }
    audit.append(session, ("release", release.id), "draft", author.id, now, data)
