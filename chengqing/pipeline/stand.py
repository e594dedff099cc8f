"""Where an open incident stands: its stage and its severity, judged anew at every look."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.mood import VOLUME
from analysis.series import MoodSeries
from analysis.severity import extent, severity
from analysis.stage import Stage, StageState, advance
from chengqing.pipeline import evidence
from chengqing.pipeline.kept import plain, reason_of, spike_of
from storage.bucket import HOUR, by_platform
from storage.glance import total
from storage.incident import Incident, SpikeRow, StageChange
from storage.mention import lost

#: What was said before the alarm belongs to the affair too.
BEFORE = timedelta(hours=6)


def stand(session: Session, incident: Incident, series: MoodSeries, now: datetime) -> None:
    """Judge stage and severity as of now."""
    wanted = select(SpikeRow).where(SpikeRow.incident_id == incident.id)
    spikes = [spike_of(row) for row in session.scalars(wanted)]
    changes = select(func.count()).where(StageChange.incident_id == incident.id)
    current = None
    if session.scalar(changes):
        why = reason_of(incident.stage_why)
        current = StageState(Stage(incident.stage), incident.stage_at, why)
    state = advance(current, series, spikes, now)
    if state.stage is Stage.DECLINE and state != current:
        state = advance(current, series, spikes, now, lost=_lost(session, incident, now))
    if state != current:
        enter_stage(session, incident, state)
    day = by_platform(session, incident.topic_id, now - timedelta(days=1), now, HOUR)
    reach = evidence.reach(session, incident, now)
    usual = _usual(series, incident.opened)
    judged = severity(extent(series, now, usual=usual, spread=len(day) or None, reach=reach))
    # The level of an affair is its highest, and the reason is that moment's: that it calms is told
    # by its stage.
    held = (incident.severity_why or {}).get("values", {}).get("score", -1)
    if (judged.level, judged.why.values["score"]) > (incident.severity or 1, held):
        incident.severity = judged.level
        incident.severity_why = plain(judged.why)


def _lost(session: Session, incident: Incident, now: datetime) -> float:
    """Return the share of an affair's mentions that are gone from where they stood."""
    since = incident.opened - BEFORE
    gone = lost(session, incident.topic_id, since, now)
    return gone / max(gone, total(session, incident.topic_id, since, now)) if gone else 0.0


def _usual(series: MoodSeries, opened: datetime) -> float:
    """Return mentions an hour before the affair, 0 without a day of past."""
    until = opened - timedelta(hours=1)
    hours = (until - series.start) / timedelta(hours=1)
    return series.curve(VOLUME).total(until=until) / hours if hours >= 24 else 0.0


def enter_stage(session: Session, incident: Incident, state: StageState) -> None:
    """Put an incident into a stage, and note the change with its reason."""
    incident.stage = state.stage.value
    incident.stage_at = state.at
    incident.stage_why = plain(state.why)
    session.add(
        StageChange(
            incident_id=incident.id,
            at=state.at,
            stage=state.stage.value,
            why=incident.stage_why,
        )
    )
