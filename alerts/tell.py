"""Telling: an alert, and one mail a person, written in the transaction of what caused them.

Mails are rendered here and not when they are sent: they say what was so when the alert was given,
a second try is the same letter, and the sending room needs to know nothing of incidents.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from alerts.briefing import brief
from alerts.context import Context
from alerts.course import course_of
from alerts.mail import incident_mail, source_mail
from alerts.render import Mail
from alerts.rules import Affair, AlertDraft, Kind, Sentence, Snapshot, Told, decide, unpack
from alerts.sight import BLIND_AFTER, SEES, Sight, look
from alerts.words import language_of
from analysis.ignition import Tier
from analysis.stage import Stage
from storage import delivery
from storage.delivery import Delivery
from storage.incident import Alert, Incident, SpikeRow, alerts_of
from storage.person import Person, to_alert
from storage.topic import Source, Visit, last_outcomes
from storage.voice import climbs_of
from templates.catalogue import Language

__all__ = ["Context", "tell", "tell_blind", "tell_incident", "tell_open"]


def tell_open(
    session: Session, now: datetime, context: Context, asked: Collection[int] = ()
) -> list[Alert]:
    """Tell what is to be told of every incident that is open, or closed and not yet said to be.

    Those ``asked`` about at this moment already are left out.
    """
    newest = (
        select(Alert.kind)
        .where(Alert.incident_id == Incident.id)
        .order_by(Alert.at.desc(), Alert.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    untold = func.coalesce(newest, "") != Kind.CLOSED
    wanted = select(Incident).where(or_(Incident.closed.is_(None), untold))
    if asked:
        wanted = wanted.where(Incident.id.not_in(asked))
    given: list[Alert] = []
    incidents = session.scalars(wanted.order_by(Incident.id)).all()
    people = to_alert(session) if incidents else []
    for incident in incidents:
        given += tell_incident(session, incident, now, context, people)
    return given


def tell_incident(
    session: Session,
    incident: Incident,
    now: datetime,
    context: Context,
    people: Sequence[Person] | None = None,
) -> list[Alert]:
    """Compare an incident with what was told of it, and tell the difference.

    Call it after every change and in every tick: what waits for company or for its interval is
    told when its time has come. ``people`` are those to be told; by default all who want alerts.
    """
    session.flush()
    # Two workers must not both see that nothing was told yet; SQLite has one writer anyway.
    session.execute(select(Incident.id).where(Incident.id == incident.id).with_for_update())
    told = _told(session, incident.id)
    affair = _affair(session, incident, _once(session, incident, told, now))
    drafts = decide(affair, told, now, context.pace)
    return tell(session, drafts, incident, people, now, context) if drafts else []


def tell_blind(session: Session, now: datetime, context: Context) -> list[Alert]:
    """Tell which sources have gone blind, and which see again."""
    given = []
    wanted = select(Source).where(Source.enabled).order_by(Source.id).with_for_update()
    for source in session.scalars(wanted):
        drafts = look(sight(session, source))
        given += tell(session, drafts, None, None, now, context)
    return given


def tell(
    session: Session,
    drafts: Iterable[AlertDraft],
    incident: Incident | None,
    people: Sequence[Person] | None,
    now: datetime,
    context: Context,
) -> list[Alert]:
    """Write an alert for each draft, and an outbox row for each person, in this transaction."""
    given = []
    told = to_alert(session) if people is None else people
    for draft in drafts:
        text = {
            "key": draft.key,
            "values": dict(draft.values),
            "state": dict(draft.state),
            "urgent": draft.urgent,
        }
        alert = Alert(kind=draft.kind.value, at=now, text=text)
        alert.incident_id = incident.id if incident else None
        session.add(alert)
        session.flush()
        delivery.put(session, _rows(session, alert, draft, incident, told, context), now)
        given.append(alert)
    return given


def _rows(
    session: Session,
    alert: Alert,
    draft: AlertDraft,
    incident: Incident | None,
    people: Sequence[Person],
    context: Context,
) -> list[dict[str, Any]]:
    mails: dict[Language, Mail] = {}
    briefing = brief(session, incident, alert.at) if incident and people else None
    rows = []
    for person in people:
        language = language_of(person.language)
        if language not in mails:
            mails[language] = (
                incident_mail(draft, briefing, language, context)
                if briefing
                else source_mail(draft, alert.at, language, context)
            )
        mail, key = mails[language], f"alert:{alert.id}:mail:{person.id}"
        payload = {"subject": mail.subject, "text": mail.text, "html": mail.html}
        extra = {"thread": _thread(session, alert, person) or key, "urgent": draft.urgent}
        rows.append(
            {
                "key": key,
                "channel": "mail",
                "address": person.email,
                "payload": payload | extra,
                "alert_id": alert.id,
            }
        )
    return rows


def _thread(session: Session, alert: Alert, person: Person) -> str | None:
    """Return the key of the first mail of this affair to a person, so that mails stay together."""
    if alert.incident_id is None:
        return None
    wanted = (
        select(Delivery.key)
        .join(Alert, Alert.id == Delivery.alert_id)
        .where(Alert.incident_id == alert.incident_id)
        .where(Delivery.key.like(f"alert:%:mail:{person.id}"))
        .order_by(Delivery.id)
        .limit(1)
    )
    return session.scalar(wanted)


def _affair(session: Session, incident: Incident, once: Mapping[Kind, Sentence]) -> Affair:
    wanted = select(SpikeRow.mood).where(SpikeRow.incident_id == incident.id).distinct()
    moods = frozenset(session.scalars(wanted))
    state = Snapshot(incident.severity, incident.stage, moods, incident.last_spike)
    return Affair(state, incident.closed is not None, incident.acknowledged, once)


def _once(
    session: Session, incident: Incident, told: Sequence[Told], now: datetime
) -> dict[Kind, Sentence]:
    """Return what is told once in an incident's life and was not yet."""
    known = {one.kind for one in told}
    found: dict[Kind, Sentence] = {}
    if incident.closed is not None:
        return found
    if Kind.IGNITED not in known:
        news = [row for row in climbs_of(session, incident.id) if row.tier >= Tier.NEWS]
        if news:
            found[Kind.IGNITED] = news[0].why
    if Kind.COURSE not in known and incident.stage != Stage.DECLINE:
        course = course_of(session, incident, now)
        if course.warns:
            values = {"chance": course.chance, "low": course.low, "high": course.high}
            percent = {name: round(100 * (share or 0)) for name, share in values.items()}
            found[Kind.COURSE] = {"key": "alerts.told_course", "values": percent}
    return found


def _told(session: Session, incident_id: int) -> list[Told]:
    return [
        Told(Kind(alert.kind), alert.at, unpack(alert.text["state"]))
        for alert in alerts_of(session, incident_id)
    ]


def sight(session: Session, source: Source) -> Sight:
    """Read how a source has seen of late."""
    ended = select(Visit.id).where(Visit.source_id == source.id, Visit.outcome.is_not(None))
    saw = ended.where(Visit.outcome.in_(SEES)).order_by(Visit.id.desc()).limit(1)
    last = session.scalar(saw)
    since = select(func.count()).select_from(ended.where(Visit.id > (last or 0)).subquery())
    told = (
        select(Alert.kind)
        .where(Alert.incident_id.is_(None), Alert.kind.in_((Kind.BLIND, Kind.SEEING)))
        .where(Alert.text["state"]["source"].as_integer() == source.id)
        .order_by(Alert.at.desc(), Alert.id.desc())
        .limit(1)
    )
    return Sight(
        source=source.id,
        name=source.name,
        outcomes=last_outcomes(session, source.id, 4 * BLIND_AFTER),
        worked=last is not None,
        told_blind=session.scalar(told) == Kind.BLIND,
        since_seen=session.scalar(since) or 0,
    )
