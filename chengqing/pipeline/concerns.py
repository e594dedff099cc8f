"""What the public asks in an affair, kept current while it runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis import concerns
from analysis.concerns import ConcernItem
from chengqing.pipeline.evidence import brand_words
from storage.incident import Concern, Incident
from storage.mention import MOOD_BITS, Mention, MentionTopic
from storage.topic import Topic

#: Asking mentions read at a time, the newest first.
READ = 3_000
#: What was asked before the alarm belongs to the affair too.
BEFORE = timedelta(hours=6)
EVERY = timedelta(minutes=5)
KEPT = 10
ASKING = MOOD_BITS["anxiety"] | MOOD_BITS["doubt"]


def refresh_concerns(session: Session, incident: Incident, now: datetime) -> None:
    """Cluster what is asked anew; a concern keeps its key while its posts do.

    One whose posts went over to others stays on record, with none of its own.
    """
    mine = select(Concern).where(Concern.incident_id == incident.id)
    held = list(session.scalars(mine.order_by(Concern.size.desc(), Concern.id)))
    last = max((concern.updated for concern in held), default=None)
    if last is not None and now - last < EVERY:
        return
    items = _items(session, incident, now)
    if not items:
        return
    previous = [_as_known(concern) for concern in held]
    rows = {concern.key: concern for concern in held}
    brand = brand_words(session.get_one(Topic, incident.topic_id))
    for concern in held:
        concern.size = 0
    for found in concerns.cluster(items, previous=previous, stop=brand)[:KEPT]:
        row = rows.get(found.key)
        if row is None:
            row = Concern(incident_id=incident.id, key=found.key)
            session.add(row)
        row.question, row.size, row.growth = found.question, found.size, float(found.growth)
        row.moods, row.words = dict(found.moods), list(found.words)
        row.examples, row.updated = [int(i) for i in found.examples], now


def _items(session: Session, incident: Incident, now: datetime) -> Sequence[ConcernItem]:
    wanted = (
        select(Mention)
        .join(MentionTopic, MentionTopic.mention_id == Mention.id)
        .where(MentionTopic.topic_id == incident.topic_id)
        .where(MentionTopic.published >= incident.opened - BEFORE, MentionTopic.published <= now)
        .where(Mention.labels.op("&")(ASKING) != 0, func.length(Mention.text) < 1_000)
        .order_by(MentionTopic.published.desc())
        .limit(READ)
    )
    return [
        ConcernItem(
            id=str(mention.id),
            text=mention.text,
            published=mention.published,
            weight=1.0,
            anxiety=mention.anxiety or 0.0,
            doubt=mention.doubt or 0.0,
            hostility=mention.hostility or 0.0,
        )
        for mention in session.scalars(wanted)
    ]


def _as_known(row: Concern) -> concerns.Concern:
    return concerns.Concern(
        key=row.key,
        question=row.question,
        size=row.size,
        growth=row.growth,
        moods=row.moods,
        examples=tuple(row.examples),
        words=tuple(row.words),
    )
