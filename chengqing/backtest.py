"""Replaying a recorded affair through the same code on a scratch database."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.tell import Context
from alerts.words import sentence
from analysis.mood import MOODS
from analysis.moods import MoodModel
from analysis.nodes import Both
from analysis.query import Query, parse
from chengqing.comparison import OURS, held_against
from chengqing.pipeline.classify import Reader, classify
from chengqing.pipeline.curves import STEP
from chengqing.pipeline.detect import Looks, detect
from crawler.importers import Reject, read
from storage.base import Database
from storage.bucket import CURVES, HOUR, floor
from storage.bucket import read as counts
from storage.incident import Alert, Incident, SpikeRow, StageChange
from storage.intake import accept
from storage.line import MentionLine
from storage.seal import Seal
from storage.tables import Base
from storage.topic import Topic
from templates.catalogue import Language

#: With fewer new posts in an hour than any spike needs, looking once an hour finds the same.
BUSY = 10
#: A stream without a query is one topic.
EVERYTHING = Query("", Both(()))
#: After the last post, how long the watch goes on so that an affair can end.
AFTER = timedelta(days=16)


@dataclass
class Replay:
    """A stream read and sorted, and what was refused of it."""

    lines: list[MentionLine] = field(default_factory=list)
    refused: int = 0


def load(path: Path) -> Replay:
    """Read a stream or a file of mention lines, in order of time."""
    replay = Replay()
    for row in read(path):
        if isinstance(row, Reject):
            replay.refused += 1
        else:
            replay.lines.append(row)
    replay.lines.sort(key=_when)
    return replay


def _when(line: MentionLine) -> datetime:
    if line.published is None:
        raise ValueError(line.id)  # an importer refuses these
    return line.published


def backtest(
    path: Path,
    model: MoodModel,
    zone: ZoneInfo,
    topic: str | None,
    language: Language = "zh",
    rule: str = OURS,
) -> dict[str, Any]:
    """Replay a stream and return what was found and when (the contract in ``docs/signals.md``).

    Args:
        path: a recorded stream.
        model: reads the moods.
        zone: in which times are printed.
        topic: a watch query; None takes all as one topic.
        language: of the sentences.
        rule: the product's own, or a peer of :data:`analysis.peers.RULES`, which sees the curves
            alone: its alarms are the alerts.

    Raises:
        analysis.query.QueryError: the topic's query cannot be read.
    """
    began = time.perf_counter()
    query = parse(topic) if topic else None
    replay = load(path)
    with tempfile.TemporaryDirectory(prefix="chengqing-") as folder:
        database = Database(f"sqlite:///{folder}/backtest.db")
        try:
            Base.metadata.create_all(database.engine)
            reader = Reader(model, {1: query or EVERYTHING})
            refused = _run(database, replay, reader, zone, watched=rule == OURS)
            with database.read() as session:
                found = _report(session, zone, language)
                found |= held_against(session, rule, found["alerts"], language)
        finally:
            database.close()
    return {
        "stream": path.stem,
        "mentions": len(replay.lines) - refused,
        "refused": replay.refused + refused,
        "first": _when(replay.lines[0]).isoformat() if replay.lines else None,
        "last": _when(replay.lines[-1]).isoformat() if replay.lines else None,
        **found,
        "seconds": round(time.perf_counter() - began, 2),
    }


def _run(
    database: Database, replay: Replay, reader: Reader, zone: ZoneInfo, *, watched: bool
) -> int:
    """Play the stream, and watch it; return how many lines the intake refused."""
    if not replay.lines:
        return 0
    with database.begin() as session:
        first = _when(replay.lines[0])
        session.add(Topic(id=1, name="backtest", query="-", created=first))
    seal = Seal("a scratch database that is thrown away at the end")
    context = Context(zone=zone, address="http://127.0.0.1")
    refused, looks = 0, Looks()
    for now, lines in _moments(database, replay.lines):
        if lines:
            with database.begin() as session:
                taken = accept(session, lines, seal, now)
            refused += sum(taken.dropped.values()) + taken.duplicate
            classify(database, reader)
        if watched:
            detect(database, now, context, asked=False, looks=looks)
    return refused


def _moments(
    database: Database, lines: Sequence[MentionLine]
) -> Iterator[tuple[datetime, Sequence[MentionLine]]]:
    """Yield each moment at which the watch looks, with the lines that have come since."""
    step = int(STEP.total_seconds())
    place, recent = 0, [0] * (HOUR // step)
    now = floor(_when(lines[0]), step) + STEP
    waiting: list[MentionLine] = []
    while place < len(lines):
        before = place
        while place < len(lines) and _when(lines[place]) < now:
            place += 1
        waiting += lines[before:place]
        recent = [*recent[1:], place - before]
        if sum(recent) >= BUSY or floor(now, HOUR) == now:
            yield now, waiting
            waiting = []
        now += STEP
    yield from _afterwards(database, now, waiting)


def _afterwards(
    database: Database, now: datetime, waiting: Sequence[MentionLine]
) -> Iterator[tuple[datetime, Sequence[MentionLine]]]:
    end = now + AFTER
    while now <= end:
        yield now, waiting
        waiting = []
        with database.read() as session:
            if session.scalar(select(Incident.id).where(Incident.closed.is_(None))) is None:
                return
        now += timedelta(hours=1)


def _report(session: Session, zone: ZoneInfo, language: Language) -> dict[str, Any]:
    start, end = datetime(1990, 1, 1, tzinfo=zone), datetime(2200, 1, 1, tzinfo=zone)
    totals = dict.fromkeys(CURVES, 0)
    for row in counts(session, 1, start, end, HOUR):
        for curve, value in row.values.items():
            totals[curve] += value

    def why(text: dict[str, Any]) -> str:
        return sentence(text, language, zone)

    def at(moment: datetime) -> str:
        return moment.astimezone(zone).isoformat()

    incidents = [
        {
            "opened": at(incident.opened),
            "closed": at(incident.closed) if incident.closed else None,
            "severity": incident.severity,
            "title": incident.title,
            "stages": [
                {"at": at(row.at), "stage": row.stage, "why": why(row.why)}
                for row in session.scalars(_of(StageChange, incident))
            ],
            "spikes": [
                {"at": at(row.at), "mood": row.mood, "score": round(row.score, 4)}
                | {"why": why(row.why)}
                for row in session.scalars(_of(SpikeRow, incident))
            ],
        }
        for incident in session.scalars(select(Incident).order_by(Incident.opened))
    ]
    alerts = [
        {"at": at(alert.at), "kind": alert.kind, "text": why(alert.text)}
        for alert in session.scalars(select(Alert).order_by(Alert.at, Alert.id))
    ]
    moods = {mood.value: totals[mood] for mood in MOODS}
    return {"moods": moods, "incidents": incidents, "alerts": alerts}


def _of(table: Any, incident: Incident) -> Any:
    return select(table).where(table.incident_id == incident.id).order_by(table.at, table.id)
