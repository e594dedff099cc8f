"""Facts: entered by one person, verified by another, usable until revoked or expired."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from releases import audit
from releases.line import tidy
from releases.refusal import NotAllowed
from storage.person import Person, Role
from storage.release import Claim, Evidence, Fact, FactKind, Release
from storage.topic import Topic

#: Who may enter, verify and revoke.
KEEPERS = (Role.AUTHOR, Role.PR_LEAD, Role.LEGAL, Role.OFFICER)
MAX_STATEMENT = 500

_WEB = re.compile(r"https?://[!-~]{1,1900}")
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class NewEvidence:
    """What a fact rests on: a note, and an address or the SHA-256 of a file kept by the owner."""

    note: str
    url: str | None = None
    sha256: str | None = None


@dataclass(frozen=True)
class NewFact:
    """A fact as somebody enters it.

    Attributes:
        statement: one full sentence, as it may stand in a release.
        source: what it rests on, in words that may be published; empty is refused.
        kind: a ``FactKind``.
        words: whole words by which it is found to answer a question.
        owner_id: who answers for it and signs its use; None is the person who enters it.
        valid_until: aware time after which no release may rest on it.
        evidence: files and addresses behind it.
    """

    statement: str
    source: str
    kind: str = FactKind.FINDING
    words: Sequence[str] = ()
    owner_id: int | None = None
    valid_until: datetime | None = None
    evidence: Sequence[NewEvidence] = ()


def enter(session: Session, topic_id: int, new: NewFact, person: Person, now: datetime) -> Fact:
    """Write a fact that nobody may use before another person has verified it.

    Raises:
        NotAllowed: the role is missing, or the entry lacks what a fact needs.
    """
    _keeper(person)
    statement, source = tidy(new.statement), tidy(new.source)
    _complete(new, statement, source, now)
    _known(session, topic_id, new.owner_id)
    fact = Fact(
        topic_id=topic_id,
        kind=FactKind(new.kind).value,
        statement=statement,
        source=source,
        words=[word for word in map(tidy, new.words) if word],
        valid_until=new.valid_until,
        owner_id=new.owner_id or person.id,
        entered_by=person.id,
        entered=now,
    )
    session.add(fact)
    session.flush()
    session.add_all(
        Evidence(fact_id=fact.id, note=tidy(one.note), url=one.url, sha256=one.sha256)
        for one in new.evidence
    )
    data = {"statement": statement, "source": source, "kind": fact.kind, "owner": fact.owner_id}
    audit.append(session, ("fact", fact.id), "enter", person.id, now, data)
    return fact


def verify(session: Session, fact_id: int, person: Person, now: datetime) -> Fact:
    """Record that a second person has checked the fact against its evidence.

    Raises:
        NotAllowed: unknown or revoked fact, missing role, or the person who entered it.
    """
    _keeper(person)
    fact = _locked(session, fact_id)
    if fact.revoked is not None:
        raise NotAllowed("releases.fact_is_revoked", {"fact": fact.id})
    if fact.entered_by == person.id:
        raise NotAllowed("releases.fact_own", {"fact": fact.id})
    if fact.verified_by is None:
        fact.verified_by, fact.verified = person.id, now
        audit.append(session, ("fact", fact.id), "verify", person.id, now)
    return fact


def revoke(
    session: Session, fact_id: int, person: Person, now: datetime, reason: str
) -> list[Release]:
    """Take a fact out of use and return the releases that rest on it, newest first.

    Raises:
        NotAllowed: unknown fact, missing role, or no reason given.
    """
    _keeper(person)
    fact = _locked(session, fact_id)
    if not tidy(reason):
        raise NotAllowed("releases.reason_missing")
    if fact.revoked is None:
        fact.revoked = now
        audit.append(session, ("fact", fact.id), "revoke", person.id, now, {"reason": tidy(reason)})
    return releases_using(session, fact_id)


def releases_using(session: Session, fact_id: int) -> list[Release]:
    """Return the releases with a sentence that rests on the fact, newest first."""
    bound = select(Claim.release_id).where(Claim.fact_id == fact_id)
    wanted = select(Release).where(Release.id.in_(bound)).order_by(Release.id.desc())
    return list(session.scalars(wanted))


def of_topic(session: Session, topic_id: int) -> list[Fact]:
    """Return every fact of a topic, newest first, the unusable ones too."""
    wanted = select(Fact).where(Fact.topic_id == topic_id).order_by(Fact.id.desc())
    return list(session.scalars(wanted))


def usable(session: Session, topic_id: int, now: datetime) -> list[Fact]:
    """Return the facts of a topic that a release may rest on, oldest first."""
    return [fact for fact in reversed(of_topic(session, topic_id)) if fact.usable(now)]


def evidence_counts(session: Session, fact_ids: Sequence[int]) -> dict[int, int]:
    """Return how many pieces of evidence each of these facts has; none is absent."""
    wanted = select(Evidence.fact_id, func.count()).where(Evidence.fact_id.in_(fact_ids))
    return {row[0]: row[1] for row in session.execute(wanted.group_by(Evidence.fact_id))}


def _keeper(person: Person) -> None:
    if not person.may(*KEEPERS):
        raise NotAllowed("releases.role_facts", {"name": person.name})


def _complete(new: NewFact, statement: str, source: str, now: datetime) -> None:
    if not statement or not source:
        raise NotAllowed("releases.fact_incomplete")
    if len(new.statement) > MAX_STATEMENT:
        raise NotAllowed("releases.fact_too_long", {"limit": MAX_STATEMENT})
    if new.kind not in list(FactKind):
        raise NotAllowed("releases.fact_kind", {"kind": new.kind})
    until = new.valid_until
    if until is not None and (until.tzinfo is None or until <= now):
        raise NotAllowed("releases.fact_time")
    for one in new.evidence:
        if one.url is not None and not _WEB.fullmatch(one.url):
            raise NotAllowed("releases.fact_address", {"url": one.url[:200]})
        if one.sha256 is not None and not _HASH.fullmatch(one.sha256):
            raise NotAllowed("releases.fact_hash")


def _known(session: Session, topic_id: int, owner_id: int | None) -> None:
    if session.get(Topic, topic_id) is None:
        raise NotAllowed("releases.no_topic", {"topic": topic_id})
    owner = session.get(Person, owner_id) if owner_id else None
    if owner_id and (owner is None or not owner.active):
        raise NotAllowed("releases.fact_owner", {"owner": owner_id})


def _locked(session: Session, fact_id: int) -> Fact:
    wanted = select(Fact).where(Fact.id == fact_id).with_for_update()
    fact = session.scalar(wanted.execution_options(populate_existing=True))
    if fact is None:
        raise NotAllowed("releases.no_fact", {"fact": fact_id})
    return fact
