"""The daily mail: each topic's day against the one before, and what is open, published or blind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.briefing import Count, counts
from alerts.context import Context
from alerts.mail import MAX_TITLE, MAX_TOPIC
from alerts.numbers import rows
from alerts.render import COLOURS, Mail, render
from alerts.sight import Sight
from alerts.tell import sight
from alerts.words import clock_time, language_of, line, when, word, zone_name
from storage import delivery
from storage.bucket import HOUR
from storage.delivery import DeliveryState
from storage.incident import Incident, open_incidents
from storage.person import Person, to_alert
from storage.release import Release
from storage.topic import Source, Topic, live_topics
from templates.catalogue import Language, say

DAY = timedelta(days=1)
#: Most lines of one kind; a longer list is read on the dashboard.
MOST = 20


@dataclass(frozen=True)
class Day:
    """What is to be said of the last 24 hours, ending at a full hour; topics the loudest first."""

    until: datetime
    topics: list[tuple[Topic, list[Count]]]
    open: list[Incident]
    releases: list[Release]
    blind: list[Sight]
    failed: int


def put_digest(
    session: Session, people: Sequence[Person] | None, now: datetime, context: Context
) -> int:
    """Write today's digest for each person; a second call the same local day writes nothing.

    Returns:
        How many were written.
    """
    day = f"{now.astimezone(context.zone):%Y-%m-%d}"
    told = to_alert(session) if people is None else people
    keys = {f"digest:{day}:mail:{person.id}": person for person in told}
    wanted = select(delivery.Delivery.key).where(delivery.Delivery.key.in_(keys))
    for key in list(session.scalars(wanted)):
        del keys[key]
    if not keys:
        return 0
    facts = _day(session, now)
    mails: dict[Language, Mail] = {}
    outgoing = [_row(key, person, facts, mails, context) for key, person in keys.items()]
    delivery.put(session, outgoing, now)
    return len(outgoing)


def _row(
    key: str, person: Person, facts: Day, mails: dict[Language, Mail], context: Context
) -> dict[str, Any]:
    language = language_of(person.language)
    if language not in mails:
        mails[language] = digest_mail(facts, language, context)
    mail = mails[language]
    payload = {"subject": mail.subject, "text": mail.text, "html": mail.html, "list": "digest"}
    return {"key": key, "channel": "mail", "address": person.email, "payload": payload}


def _day(session: Session, now: datetime) -> Day:
    until = now.replace(minute=0, second=0, microsecond=0)
    topics = [
        (topic, counts(session, topic.id, until, DAY, HOUR)) for topic in live_topics(session)
    ]
    # The window the mail names: by its own clock a late run would list twice, or leave one out.
    published = select(Release).where(Release.published > until - DAY, Release.published <= until)
    sources = session.scalars(select(Source).where(Source.enabled).order_by(Source.name))
    return Day(
        until=until,
        topics=sorted(topics, key=lambda one: -one[1][0].now),
        open=open_incidents(session),
        releases=list(session.scalars(published.order_by(Release.published).limit(MOST))),
        blind=[one for one in (sight(session, source) for source in sources) if one.blind][:MOST],
        failed=delivery.states(session).get(DeliveryState.FAILED, 0),
    )


def digest_mail(facts: Day, language: Language, context: Context) -> Mail:
    """Write the digest for readers of one language."""
    day = f"{facts.until.astimezone(context.zone):%m-%d}"
    what = say("alerts.digest_what", language, topics=len(facts.topics), open=len(facts.open))
    window = say(
        "alerts.digest_window",
        language,
        since=when(facts.until - DAY, context.zone),
        until=when(facts.until, context.zone),
    )
    failed = say("alerts.failed_line", language, count=facts.failed) if facts.failed else ""
    values = {
        "subject": say("alerts.subject_digest", language, day=day, what=what),
        "badge": say("alerts.badge_digest", language),
        "accent": COLOURS["volume"],
        "topic": "",
        "time": window,
        "zone": zone_name(facts.until, context.zone, language),
        "headline": what,
        "preview": what,
        "title": "",
        "open": _open(facts, language, context),
        "blind": list(_blind(facts.blind, language)),
        "failed": failed,
        "topics": [
            {"name": line(topic.name, MAX_TOPIC), "counts": rows(found, language)}
            for topic, found in facts.topics[:MOST]
        ],
        "releases": [_release(one, facts, context) for one in facts.releases],
        "url": context.address,
        "button": "button_digest",
    }
    return render("digest", language, values)


def _open(facts: Day, language: Language, context: Context) -> list[dict[str, str]]:
    names = {topic.id: topic.name for topic, _ in facts.topics}
    lines = []
    for one in facts.open[:MOST]:
        text = say(
            "alerts.open_line",
            language,
            title=line(one.title or names.get(one.topic_id, ""), MAX_TITLE),
            level=word("level", one.severity, language),
            stage=word("stage", one.stage, language),
            opened=clock_time(one.opened, facts.until, context.zone),
        )
        lines.append({"text": text, "url": context.incident_url(one.id)})
    return lines


def _blind(sights: Iterable[Sight], language: Language) -> Iterable[str]:
    for one in sights:
        outcome = word("outcome", one.outcomes[0], language)
        yield say(
            "alerts.blind_line", language, source=one.name, count=one.failures, outcome=outcome
        )


def _release(release: Release, facts: Day, context: Context) -> str:
    time = clock_time(release.published or facts.until, facts.until, context.zone)
    return f"{time} {release.number} {line(release.headline, MAX_TITLE)}"
