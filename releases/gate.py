"""What stands between a person and a step: role, state, rules; and what a step leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from releases import audit
from releases.content import fact_ids
from releases.findings import Finding
from releases.label import role, state
from releases.line import tidy
from releases.policy import PAIR
from releases.refusal import NotAllowed
from releases.save import locked, void_approvals, write
from releases.standing import blocking, holds, may_sign, missing
from releases.terms import Terms
from storage.person import Person, Role
from storage.release import Approval, Fact, Release, ReleaseState

#: Who may change a text, and in which states it can be changed.
EDITORS = (Role.AUTHOR, Role.PR_LEAD, Role.LEGAL)
EDITABLE = (
    ReleaseState.DRAFT,
    ReleaseState.CHANGES_REQUESTED,
    ReleaseState.IN_REVIEW,
    ReleaseState.APPROVED,
)


def open_for(
    session: Session,
    release_id: int,
    person: Person,
    roles: tuple[Role, ...],
    states: tuple[ReleaseState, ...],
) -> Release:
    """Return the locked release if the person may do a step with these roles and states."""
    release = locked(session, release_id)
    permit(release, person, roles, states)
    return release


def permit(
    release: Release, person: Person, roles: tuple[Role, ...], states: tuple[ReleaseState, ...]
) -> None:
    """Refuse a person without any of ``roles`` (none: anyone active), or another state."""
    if not person.active or (roles and not person.may(*roles)):
        raise NotAllowed(
            "releases.role_step", {"name": person.name, "roles": [role(one.value) for one in roles]}
        )
    if release.state not in [state.value for state in states]:
        raise NotAllowed(
            "releases.state", {"number": release.number, "state": state(release.state)}
        )


def clear(findings: list[Finding], release: Release) -> None:
    """Refuse while a rule that must be met is neither met nor waived."""
    standing_in_the_way = blocking(findings, release.waivers)
    if standing_in_the_way:
        values = {"rules": list(dict.fromkeys(finding.rule for finding in standing_in_the_way))}
        raise NotAllowed("releases.rules_in_the_way", values, standing_in_the_way)


def waived(
    release: Release,
    findings: list[Finding],
    reasons: Mapping[str, str],
    person: Person,
    now: datetime,
) -> dict[str, Any]:
    """Return the waivers that still fit a finding, with the new ones; others fall away."""
    open_now = {finding.id for finding in findings if finding.waivable}
    given = {
        key: {"reason": tidy(reason), "person_id": person.id, "at": now.isoformat()}
        for key, reason in reasons.items()
        if tidy(reason)
    }
    return {key: one for key, one in {**release.waivers, **given}.items() if key in open_now}


def capacities_of(
    session: Session, release: Release, person: Person, terms: Terms, wanted: str | None
) -> list[str]:
    """Return what the person signs as; ``wanted`` may move their word within the pair."""
    offered = may_sign(session, release, person, terms)
    if wanted in PAIR and wanted in missing(session, release, terms) and holds(person, wanted):
        offered = [*offered, wanted] if person.id not in release.writers else offered
    if wanted is not None:
        offered = [wanted] if wanted in offered else []
    if offered:
        return offered
    own = person.id in release.writers
    raise NotAllowed(
        "releases.own_text" if own else "releases.nothing_to_sign", {"name": person.name}
    )


def rewrite(
    session: Session, release: Release, content: Mapping[str, Any], person: Person, now: datetime
) -> int:
    """Give a release another text: a draft again, by one writer more; return the words voided."""
    write(session, release, content, now)
    release.state = ReleaseState.DRAFT.value
    if person.id not in release.writers:
        release.writers = [*release.writers, person.id]
    return void_approvals(session, release, now)


def known_facts(session: Session, release: Release, content: Mapping[str, Any]) -> None:
    """Refuse a text that names a fact its topic does not have."""
    for fact_id in fact_ids(content):
        fact = session.get(Fact, fact_id)
        if fact is None or fact.topic_id != release.topic_id:
            raise NotAllowed("releases.no_fact", {"fact": fact_id})


def give_word(
    session: Session, release: Release, person: Person, now: datetime, word: tuple[str, str, str]
) -> Approval:
    """Write one person's word (capacity, decision, comment) on the present text."""
    capacity, decision, comment = word
    approval = Approval(
        release_id=release.id,
        person_id=person.id,
        capacity=capacity,
        digest=release.digest,
        decision=decision,
        comment=tidy(comment),
        at=now,
    )
    session.add(approval)
    return approval


def record(
    session: Session,
    release: Release,
    action: str,
    person: Person,
    now: datetime,
    data: Mapping[str, object],
) -> None:
    """Leave the audit step."""
    audit.append(session, ("release", release.id), action, person.id, now, data)
