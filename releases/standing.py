"""Where a release stands: who has agreed to this very text, who is missing, what the rules find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from releases.content import fact_ids
from releases.findings import Finding, context_of
from releases.policy import LEGAL, OTHER, PAIR, PR_LEAD, Signature, missing_approvals, of_fact
from releases.rules import check
from releases.terms import ONE_OTHER, Terms
from storage.person import Person, Role
from storage.release import Approval, Fact, Release

#: What a signature in each capacity needs.
ROLES: Mapping[str, tuple[Role, ...]] = {
    PR_LEAD: (Role.PR_LEAD,),
    LEGAL: (Role.LEGAL,),
    OTHER: (Role.AUTHOR, Role.PR_LEAD, Role.LEGAL, Role.PUBLISHER),
}
APPROVE = "approve"


@dataclass(frozen=True)
class Standing:
    """Everything a screen shows beside the text.

    Attributes:
        findings: what the rules find now, the waived ones too.
        waived: by finding id, ``{"reason", "person_id", "at"}``.
        signatures: words that are valid for the present text.
        missing: capacities still to be signed.
        facts: the facts it rests on, by id.
    """

    findings: list[Finding]
    waived: Mapping[str, Any]
    signatures: list[Approval]
    missing: list[str]
    facts: dict[int, Fact]

    @property
    def standing_in_the_way(self) -> list[Finding]:
        """The findings that must be dealt with before anybody may agree."""
        return blocking(self.findings, self.waived)


def standing(session: Session, release: Release, now: datetime, terms: Terms) -> Standing:
    """Return where a release stands at ``now``."""
    return Standing(
        findings=check(release.content, context_of(session, release, now, terms)),
        waived=release.waivers,
        signatures=signatures(session, release),
        missing=missing(session, release, terms),
        facts=facts_of(session, release),
    )


def blocking(findings: list[Finding], waived: Mapping[str, Any]) -> list[Finding]:
    """Return the findings that are musts and were not put aside with a reason."""
    return [one for one in findings if one.blocks and not (one.waivable and one.id in waived)]


def signatures(session: Session, release: Release) -> list[Approval]:
    """Return the words valid for the present text, by people who may still give them."""
    wanted = (
        select(Approval, Person)
        .join(Person, Person.id == Approval.person_id)
        .where(Approval.release_id == release.id, Approval.digest == release.digest)
        .where(Approval.voided.is_(None), Approval.decision == APPROVE)
        .order_by(Approval.id)
    )
    return [word for word, person in session.execute(wanted) if holds(person, word.capacity)]


def missing(session: Session, release: Release, terms: Terms) -> list[str]:
    """Return the capacities still to be signed."""
    given = [Signature(word.person_id, word.capacity) for word in signatures(session, release)]
    owners = {fact.id: fact.owner_id for fact in facts_of(session, release).values()}
    return missing_approvals(release.writers, owners, given, terms.policy)


def may_sign(session: Session, release: Release, person: Person, terms: Terms) -> list[str]:
    """Return the missing capacities that this person may fill now, at most one of the pair."""
    open_now = missing(session, release, terms)
    wrote = person.id in release.writers
    mine = [
        name
        for name in ((OTHER,) if terms.policy == ONE_OTHER else PAIR)
        if name in open_now and not wrote and holds(person, name)
    ]
    if _in_pair(session, release, person):
        mine = []
    owned = facts_of(session, release).values()
    mine = mine[:1] + [of_fact(fact.id) for fact in owned if fact.owner_id == person.id]
    return [name for name in mine if name in open_now]


def holds(person: Person, capacity: str) -> bool:
    """Whether a person may sign in a capacity; a fact's owner is checked against the fact."""
    return person.active if capacity not in ROLES else person.may(*ROLES[capacity])


def facts_of(session: Session, release: Release) -> dict[int, Fact]:
    """Return the facts a release rests on, by id."""
    wanted = select(Fact).where(Fact.id.in_(fact_ids(release.content))).order_by(Fact.id)
    return {fact.id: fact for fact in session.scalars(wanted)}


def _in_pair(session: Session, release: Release, person: Person) -> bool:
    given = signatures(session, release)
    return any(word.person_id == person.id and word.capacity in PAIR for word in given)
