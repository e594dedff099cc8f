"""From counts to incidents: spikes, which affair they belong to, where it stands, who is told."""

from __future__ import annotations

from collections.abc import Sequence
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
from analysis.mood import VOLUME, Mood
from analysis.reason import Reason
from analysis.series import MoodSeries
from analysis.severity import extent, severity
from analysis.spikes import Spike, find_spikes
from analysis.stage import Stage, StageState, advance
from chengqing.pipeline import evidence
from chengqing.pipeline.concerns import refresh_concerns
from chengqing.pipeline.curves import STEP, curves
from storage.base import Database
from storage.bucket import by_platform
from storage.incident import Incident, SpikeRow, StageChange
from storage.topic import Topic, live_topics

#: Spikes older than this when first seen are history, not news.
NEWS = timedelta(hours=6)
#: What is said in the hour before the alarm is part of the affair, not of the calm.
BEFORE = timedelta(hours=1)
#: Within half a day one shared word makes a burst part of the affair that is running: a second
#: alarm for one affair costs more trust than two affairs in one incident.
AFFAIRS = IncidentRules(together=timedelta(hours=12))


def detect(database: Database, now: datetime, context: Context, asked: bool = True) -> int:
    """Judge every topic as of ``now``; return how many new spikes were found.

    ``asked`` keeps what the public asks current too; a replay that shows no questions may
    leave it out.

    Incidents, their spikes and stages, the alerts and the mails due for them land in one
    transaction a topic. Running it again at the same moment changes nothing.
    """
    with database.read() as session:
        topics = live_topics(session)
    found = 0
    for topic in topics:
        with database.begin() as session:
            found += _detect(session, topic, now, context, asked)
    with database.begin() as session:
        # News held back for the group interval, and closings not told yet, of any topic.
        tell_open(session, now, context)
    return found


def _detect(session: Session, topic: Topic, now: datetime, context: Context, asked: bool) -> int:
    series = curves(session, topic, now)
    held = _held(session, topic.id, now)
    running = [incident for incident in held.values() if incident.closed is None]
    calm = min((incident.opened for incident in running), default=now) - BEFORE
    fresh = [
        evidence.with_words(session, topic, spike, calm)
        for spike in _news(session, topic.id, find_spikes(series, since=now - NEWS))
        if running or spike.mood != Mood.SUPPORT
    ]
    known = [_as_open(incident) for incident in held.values()]
    touched = {incident.id: incident for incident in running}
    for intent in assign(fresh, known, now, AFFAIRS):
        incident = _carry_out(session, topic, intent, held, now)
        touched[incident.id] = incident
    for incident in touched.values():
        if incident.closed is None:
            _stand(session, incident, series, now)
            if asked:
                refresh_concerns(session, incident, now)
        session.flush()
        tell_incident(session, incident, now, context)
    return len(fresh)


def _news(session: Session, topic_id: int, spikes: Sequence[Spike]) -> list[Spike]:
    """Return the spikes later than what is already on record for their curve."""
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
        stage=Stage(incident.stage),
        closed=incident.closed,
    )


def _carry_out(
    session: Session, topic: Topic, intent: Intent, held: dict[int, Incident], now: datetime
) -> Incident:
    if isinstance(intent, Close):
        incident = held[int(intent.incident_id)]
        incident.closed = now
        _enter_stage(session, incident, StageState(Stage.DECLINE, now, intent.why))
        return incident
    if isinstance(intent, Open):
        incident = Incident(
            topic_id=topic.id,
            opened=now,
            last_spike=now,
            stage=Stage.LATENT.value,
            stage_at=now,
            stage_why=_plain(intent.why),
            words=[],
        )
        session.add(incident)
        session.flush()
    else:
        incident = held[int(intent.incident_id)]
    if isinstance(intent, Reopen):
        incident.closed = None
        _enter_stage(session, incident, StageState(Stage.RELAPSE, now, intent.why))
    if isinstance(intent, (Open, Extend, Reopen)):
        _keep_spikes(session, topic, incident, intent.spikes)
    return incident


def _keep_spikes(
    session: Session, topic: Topic, incident: Incident, spikes: Sequence[Spike]
) -> None:
    incident.last_spike = max(spike.at for spike in spikes)
    words = list(dict.fromkeys([*incident.words, *(w for s in spikes for w in sorted(s.words))]))
    incident.words = words[: evidence.WORDS_KEPT]
    latest = max(spikes, key=lambda spike: (spike.at, len(spike.words)))
    told = latest.why.values.get("words")
    named = evidence.title(topic, told if isinstance(told, list) else [])
    incident.title = named or incident.title or topic.name
    for spike in spikes:
        session.add(
            SpikeRow(
                topic_id=topic.id,
                incident_id=incident.id,
                at=spike.at,
                mood=spike.mood,
                score=spike.score,
                rarity=spike.rarity,
                observed=spike.observed,
                expected=spike.expected,
                low=spike.low,
                high=spike.high,
                why=_plain(spike.why),
            )
        )
    session.flush()


def _stand(session: Session, incident: Incident, series: MoodSeries, now: datetime) -> None:
    """Judge stage and severity as of now."""
    wanted = select(SpikeRow).where(SpikeRow.incident_id == incident.id)
    spikes = [_as_spike(row) for row in session.scalars(wanted)]
    changes = select(func.count()).where(StageChange.incident_id == incident.id)
    current = None
    if session.scalar(changes):
        why = Reason(incident.stage_why["key"], incident.stage_why["values"])
        current = StageState(Stage(incident.stage), incident.stage_at, why)
    state = advance(current, series, spikes, now)
    if state != current:
        _enter_stage(session, incident, state)
    day = by_platform(session, incident.topic_id, now - timedelta(days=1), now)
    reach = evidence.reach(session, incident, now)
    usual = _usual(series, incident.opened)
    judged = severity(extent(series, now, usual=usual, spread=len(day) or None, reach=reach))
    # The level of an affair is its highest: that it calms is told by its stage.
    if judged.level >= (incident.severity or 1):
        incident.severity = judged.level
        incident.severity_why = _plain(judged.why)


def _usual(series: MoodSeries, opened: datetime) -> float:
    """Return mentions an hour before the affair, 0 without a day of past."""
    until = opened - timedelta(hours=1)
    hours = (until - series.start) / timedelta(hours=1)
    return series.curve(VOLUME).total(until=until) / hours if hours >= 24 else 0.0


def _as_spike(row: SpikeRow) -> Spike:
    return Spike(
        at=row.at,
        mood=row.mood,
        score=row.score,
        rarity=row.rarity,
        observed=row.observed,
        expected=row.expected,
        low=row.low,
        high=row.high,
        excess=row.observed - row.expected,
        why=Reason(row.why["key"], row.why["values"]),
        window=STEP,
    )


def _enter_stage(session: Session, incident: Incident, state: StageState) -> None:
    incident.stage = state.stage.value
    incident.stage_at = state.at
    incident.stage_why = _plain(state.why)
    session.add(
        StageChange(
            incident_id=incident.id,
            at=state.at,
            stage=state.stage.value,
            why=incident.stage_why,
        )
    )


def _plain(why: Reason) -> dict[str, object]:
    return {"key": why.key, "values": dict(why.values)}
