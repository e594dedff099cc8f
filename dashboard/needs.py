"""What needs this person now: alerts to acknowledge, statements to act on, sources gone blind."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from dashboard.sight import Sight, blind
from releases.standing import may_sign
from releases.terms import Terms
from storage.delivery import DeliveryState, states
from storage.incident import Alert, Incident, unacknowledged
from storage.person import Person, Role
from storage.release import Release, ReleaseState


@dataclass(frozen=True)
class Bell:
    """The latest unacknowledged alert of one incident, and how many came before it."""

    alert: Alert
    incident: Incident | None
    earlier: int


@dataclass(frozen=True)
class Needs:
    """Everything that waits."""

    bells: list[Bell]
    to_sign: list[Release]
    to_publish: list[Release]
    to_mend: list[Release]
    blind: list[Sight]
    failed: int

    @property
    def nothing(self) -> bool:
        """Whether nothing waits."""
        waiting = (self.bells, self.to_sign, self.to_publish, self.to_mend, self.blind, self.failed)
        return not any(waiting)


def needs(session: Session, person: Person, terms: Terms) -> Needs:
    """Return what waits for a person, by their roles."""
    waiting = list(
        session.scalars(
            select(Release)
            .where(or_(Release.state.in_(("in_review", "approved")), _to_mend(person)))
            .order_by(Release.updated)
            .limit(50)
        )
    )
    review = [one for one in waiting if one.state == ReleaseState.IN_REVIEW]
    agreed = [one for one in waiting if one.state == ReleaseState.APPROVED]
    mend = [one for one in waiting if one.state == ReleaseState.CHANGES_REQUESTED]
    told = person.may(Role.OFFICER, Role.OPERATOR, Role.PUBLISHER)
    return Needs(
        bells=bells(session),
        to_sign=[one for one in review if may_sign(session, one, person, terms)],
        to_publish=agreed if person.may(Role.PUBLISHER) else [],
        to_mend=mend,
        blind=blind(session),
        failed=states(session).get(DeliveryState.FAILED, 0) if told else 0,
    )


def _to_mend(person: Person) -> ColumnElement[bool]:
    """Say which statements were sent back to a person; those of others would crowd out the rest."""
    return and_(
        Release.state == ReleaseState.CHANGES_REQUESTED.value, Release.author_id == person.id
    )


def bells(session: Session, limit: int = 200) -> list[Bell]:
    """Return unacknowledged alerts, one line an incident, newest first."""
    groups: dict[str, list[Alert]] = {}
    for row in unacknowledged(session, limit):
        key = f"i{row.incident_id}" if row.incident_id else f"a{row.id}"
        groups.setdefault(key, []).append(row)
    ids = {group[0].incident_id for group in groups.values()}
    found = {one.id: one for one in session.scalars(select(Incident).where(Incident.id.in_(ids)))}
    return [
        Bell(group[0], found.get(group[0].incident_id or 0), len(group) - 1)
        for group in groups.values()
    ]
