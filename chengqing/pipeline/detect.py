"""From counts to incidents: spikes, which affair they belong to, where it stands, who is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from alerts.tell import Context, tell_incident, tell_open
from analysis.incidents import (
    Close,
    Extend,
    IncidentRules,
    Intent,
    Open,
    OpenIncident,
    Reopen,
    assign,
)
from analysis.mood import Mood
from analysis.series import MoodSeries
from analysis.spikes import RULES, Memory, Spike, find_spikes
from analysis.stage import Stage, StageState, is_blind
from chengqing.pipeline import evidence
from chengqing.pipeline.blind import Eyes, unseen
from chengqing.pipeline.concerns import refresh_concerns
from chengqing.pipeline.curves import HISTORY, Known, curves
from chengqing.pipeline.ignite import ignite
from chengqing.pipeline.kept import plain, spike_row
from chengqing.pipeline.stand import enter_stage, stand
from storage import glance
from storage.base import Database
from storage.incident import Incident, SpikeRow
from storage.topic import Topic, live_topics

#: Spikes older than this when first seen are history, not news.
NEWS = timedelta(hours=6)
#: What is said in the hour before the alarm is part of the affair, not of the calm.
BEFORE = timedelta(hours=1)
#: Within half a day one shared word makes a burst part of the affair that is running: a second
#: alarm for one affair costs more trust than two affairs in one incident.
AFFAIRS = IncidentRules(together=timedelta(hours=12))


@dataclass
class Looks:
    """What a watch remembers between looks: a cache, without it the same is found."""

    eyes: Eyes = field(default_factory=Eyes)
    topics: dict[int, Known] = field(default_factory=dict)


def detect(
    database: Database,
    now: datetime,
    context: Context,
    asked: bool = True,
    looks: Looks | None = None,
) -> int:
    """Judge every topic as of ``now``; return how many new spikes were found.

    Incidents, their spikes and stages, the alerts and the mails due for them land in one
    transaction a topic. Running it again at the same moment changes nothing.

    Args:
        database: where the counts are and the incidents go.
        now: aware.
        context: what alerts need to know.
        asked: keep what the public asks current too; a replay may leave it out.
        looks: of the same watch; it saves work and changes nothing.
    """
    looks = looks or Looks()
    with database.read() as session:
        topics = [topic for topic in live_topics(session) if _awake(session, topic, now)]
        blind = looks.eyes.look(session, now - HISTORY, now) if topics else {}
    found, told = 0, set[int]()
    for topic in topics:
        known = looks.topics.setdefault(topic.id, Known())
        with database.begin() as session:
            series = curves(session, topic, now, unseen(session, topic.id, blind), known)
            fresh, touched = _detect(session, topic, series, now, (context, asked, known.spikes))
            found += fresh
            told |= touched
    with database.begin() as session:
        # News held back for the group interval, and closings not told yet, of any topic.
        tell_open(session, now, context, told)
    return found


def _awake(session: Session, topic: Topic, now: datetime) -> bool:
    """Say whether a look can find anything: an affair runs, or enough was said for a spike."""
    running = select(Incident.id).where(Incident.topic_id == topic.id, Incident.closed.is_(None))
    if session.scalar(running.limit(1)) is not None:
        return True
    since = now - NEWS - max(RULES.windows) - timedelta(hours=1)
    return glance.total(session, topic.id, since, now) >= RULES.least


def _detect(
    session: Session,
    topic: Topic,
    series: MoodSeries,
    now: datetime,
    how: tuple[Context, bool, Memory],
) -> tuple[int, set[int]]:
    """Return how many new spikes a topic has, and the incidents that were told of."""
    context, asked, memory = how
    held = _held(session, topic.id, now)
    running = [incident for incident in held.values() if incident.closed is None]
    calm = min((incident.opened for incident in running), default=now) - BEFORE
    fresh = [
        evidence.with_words(session, topic, spike, calm)
        for spike in _news(session, topic.id, find_spikes(series, since=now - NEWS, memory=memory))
        if running or spike.mood != Mood.SUPPORT
    ]
    known = [_as_open(incident) for incident in held.values()]
    touched = {incident.id: incident for incident in running}
    for intent in assign(fresh, known, now, AFFAIRS, blind=is_blind(series, now)):
        incident = _carry_out(session, topic, intent, held, now)
        touched[incident.id] = incident
    for incident in touched.values():
        if incident.closed is None:
            stand(session, incident, series, now)
            ignite(session, incident, now)
            if asked:
                refresh_concerns(session, incident, now)
        session.flush()
        tell_incident(session, incident, now, context)
    return len(fresh), set(touched)


def _news(session: Session, topic_id: int, spikes: Sequence[Spike]) -> list[Spike]:
    """Return the spikes later than what is already on record for their curve."""
    if not spikes:
        return []
    wanted = select(SpikeRow.mood, func.max(SpikeRow.at)).where(SpikeRow.topic_id == topic_id)
    last = {row[0]: row[1] for row in session.execute(wanted.group_by(SpikeRow.mood))}
    return [s for s in spikes if s.mood not in last or s.at > last[s.mood]]


def _held(session: Session, topic_id: int, now: datetime) -> dict[int, Incident]:
    """Return the incidents that are open or may still come back."""
    recent = Incident.closed >= now - AFFAIRS.reopen_within
    wanted = select(Incident).where(Incident.topic_id == topic_id)
    found = session.scalars(wanted.where(or_(Incident.closed.is_(None), recent)))
    return {incident.id: incident for incident in found}


def _as_open(incident: Incident) -> OpenIncident:
    return OpenIncident(
        id=incident.id,
        opened=incident.opened,
        last_spike=incident.last_spike,
        words=frozenset(incident.words),
        groups=frozenset(incident.groups),
        stage=Stage(incident.stage),
        closed=incident.closed,
    )


def _carry_out(
    session: Session, topic: Topic, intent: Intent, held: dict[int, Incident], now: datetime
) -> Incident:
    if isinstance(intent, Close):
        incident = held[int(intent.incident_id)]
        incident.closed = now
        enter_stage(session, incident, StageState(Stage.DECLINE, now, intent.why))
        return incident
    if isinstance(intent, Open):
        incident = Incident(
            topic_id=topic.id,
            opened=now,
            last_spike=now,
            stage=Stage.LATENT.value,
            stage_at=now,
            stage_why=plain(intent.why),
            words=[],
            groups=[],
        )
        session.add(incident)
        session.flush()
    else:
        incident = held[int(intent.incident_id)]
    if isinstance(intent, Reopen):
        incident.closed = None
        enter_stage(session, incident, StageState(Stage.RELAPSE, now, intent.why))
    if isinstance(intent, (Open, Extend, Reopen)):
        _keep_spikes(session, topic, incident, intent.spikes)
    return incident


def _keep_spikes(
    session: Session, topic: Topic, incident: Incident, spikes: Sequence[Spike]
) -> None:
    incident.last_spike = max(spike.at for spike in spikes)
    words = list(dict.fromkeys([*incident.words, *(w for s in spikes for w in sorted(s.words))]))
    incident.words = words[: evidence.WORDS_KEPT]
    groups = [*incident.groups, *(g for s in spikes for g in sorted(s.groups))]
    incident.groups = list(dict.fromkeys(groups))[-evidence.WORDS_KEPT :]
    latest = max(spikes, key=lambda spike: (spike.at, len(spike.words)))
    told = latest.why.values.get("words")
    named = evidence.title(topic, told if isinstance(told, list) else [])
    incident.title = named or incident.title or topic.name
    session.add_all(spike_row(spike, incident) for spike in spikes)
    session.flush()
