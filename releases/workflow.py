"""What people do with a release: submit, agree, send back, edit, reject, publish.

Every step runs in the caller's transaction on the locked row, leaves an audit step, and raises
``NotAllowed`` before anything is changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from releases.edit import apply
from releases.findings import context_of
from releases.gate import (
    EDITABLE,
    EDITORS,
    capacities_of,
    clear,
    give_word,
    known_facts,
    open_for,
    permit,
    record,
    rewrite,
    waived,
)
from releases.label import capacity as named
from releases.line import tidy
from releases.policy import PAIR
from releases.refusal import NotAllowed
from releases.rules import check
from releases.save import locked, void_approvals
from releases.standing import APPROVE, missing, signatures
from releases.terms import Terms
from storage.person import Person, Role
from storage.release import Release, ReleaseState

REVIEWERS = (Role.PR_LEAD, Role.LEGAL, Role.PUBLISHER)
_IN_REVIEW = (ReleaseState.IN_REVIEW, ReleaseState.APPROVED)


def edit(
    session: Session,
    release_id: int,
    person: Person,
    now: datetime,
    terms: Terms,
    changes: Mapping[str, str],
) -> Release:
    """Change the text; any change voids every approval and makes it a draft again.

    ``changes`` are as ``releases.edit.apply`` takes them; what changes nothing voids nothing.

    Raises:
        NotAllowed: role, state, a malformed change, or a fact that is not of this topic.
    """
    release = open_for(session, release_id, person, EDITORS, EDITABLE)
    content = apply(release.content, changes, now)
    before = release.digest
    if content == release.content:
        return release
    known_facts(session, release, content)
    voided = rewrite(session, release, content, person, now)
    data = {"before": before, "after": release.digest, "changes": dict(changes), "voided": voided}
    record(session, release, "edit", person, now, data)
    return release


def submit(
    session: Session,
    release_id: int,
    person: Person,
    now: datetime,
    terms: Terms,
    waivers: Mapping[str, str] | None = None,
) -> Release:
    """Hand a draft to the reviewers: every rule is met, or put aside with a reason that stays.

    ``waivers`` gives reasons by finding id.

    Raises:
        NotAllowed: role, state, or rules in the way (``findings`` says which).
    """
    release = open_for(
        session,
        release_id,
        person,
        EDITORS,
        (ReleaseState.DRAFT, ReleaseState.CHANGES_REQUESTED),
    )
    findings = check(release.content, context_of(session, release, now, terms))
    release.waivers = waived(release, findings, waivers or {}, person, now)
    clear(findings, release)
    release.state = ReleaseState.IN_REVIEW.value
    data = {
        "digest": release.digest,
        "findings": [finding.id for finding in findings],
        "waivers": {key: one["reason"] for key, one in release.waivers.items()},
    }
    record(session, release, "submit", person, now, data)
    return release


def approve(
    session: Session,
    release_id: int,
    person: Person,
    now: datetime,
    terms: Terms,
    capacity: str | None = None,
    comment: str = "",
) -> Release:
    """Agree to this very text; it is approved once nobody is missing.

    Without ``capacity`` the person signs as everything that is missing and theirs to give. Named,
    ``pr_lead`` or ``legal`` moves the person's word from the other of the two.

    Raises:
        NotAllowed: state, their own text, no capacity that is theirs, rules in the way.
    """
    release = open_for(session, release_id, person, (), (ReleaseState.IN_REVIEW,))
    capacities = capacities_of(session, release, person, terms, capacity)
    clear(check(release.content, context_of(session, release, now, terms)), release)
    for word in signatures(session, release):
        if word.person_id == person.id and word.capacity in PAIR and capacity in PAIR:
            word.voided = now
    for one in capacities:
        give_word(session, release, person, now, (one, APPROVE, comment))
    session.flush()
    lacking = missing(session, release, terms)
    if not lacking:
        release.state = ReleaseState.APPROVED.value
    data = {"digest": release.digest, "capacities": capacities, "missing": lacking}
    record(session, release, "approve", person, now, data | {"comment": tidy(comment)})
    return release


def request_changes(
    session: Session, release_id: int, person: Person, now: datetime, comment: str
) -> Release:
    """Send a text back with a comment; words given so far are void.

    Raises:
        NotAllowed: role, state, or no comment.
    """
    target = (ReleaseState.CHANGES_REQUESTED, "request_changes")
    return _send_back(session, release_id, person, now, (*target, comment))


def reject(
    session: Session, release_id: int, person: Person, now: datetime, comment: str
) -> Release:
    """Drop a text for good, with a reason.

    Raises:
        NotAllowed: role, state, or no reason.
    """
    target = (ReleaseState.REJECTED, "reject")
    return _send_back(session, release_id, person, now, (*target, comment))


def publish(
    session: Session, release_id: int, person: Person, now: datetime, terms: Terms
) -> Release:
    """Let the public read it; everything is checked again at this instant, and fails closed.

    Raises:
        NotAllowed: published already, role, state, a text that is not the one signed, an approval
            missing or given by somebody who no longer may, or rules in the way.
    """
    release = locked(session, release_id)
    if release.published is not None:
        raise NotAllowed("releases.already_published", {"number": release.number})
    permit(release, person, (Role.PUBLISHER,), (ReleaseState.APPROVED,))
    context = context_of(session, release, now, terms, publishing=True)
    if context.digest != release.digest or release.headline != release.content["headline"]["text"]:
        raise NotAllowed("releases.text_differs", {"number": release.number})
    lacking = missing(session, release, terms)
    if lacking:
        raise NotAllowed("releases.approvals_missing", {"missing": [named(one) for one in lacking]})
    clear(check(release.content, context), release)
    release.state = ReleaseState.PUBLISHED.value
    release.published = release.updated = now
    record(session, release, "publish", person, now, {"digest": release.digest})
    return release


def _send_back(
    session: Session,
    release_id: int,
    person: Person,
    now: datetime,
    how: tuple[ReleaseState, str, str],
) -> Release:
    state, action, comment = how
    release = open_for(session, release_id, person, REVIEWERS, _IN_REVIEW)
    if not tidy(comment):
        raise NotAllowed("releases.reason_missing")
    void_approvals(session, release, now)
    word = give_word(session, release, person, now, ("reviewer", action, comment))
    word.voided = now
    release.state = state.value
    record(session, release, action, person, now, {"comment": tidy(comment)})
    return release
