"""A rule held against the true starts of a recorded affair, and all rules over many of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.rules import URGENT
from analysis.mood import MOODS, VOLUME
from analysis.moods import MoodModel
from analysis.peers import RULES, STEP, Record, apart, hourly, place_of, record
from analysis.series import MoodSeries, mood_series
from crawler.importers import Reject, read
from storage import bucket
from storage.bucket import Bucket
from templates.catalogue import Language, say

OURS = "chengqing"


def held_against(
    session: Session, rule: str, alerts: Sequence[Mapping[str, str]], language: Language
) -> dict[str, Any]:
    """Return how a rule did on what was replayed; a peer's alarms are its alerts."""
    series = _counted(session)
    if series is None:
        return {"rule": rule, "record": None}
    more: dict[str, Any] = {"rule": rule}
    if rule == OURS:
        urgent = [datetime.fromisoformat(one["at"]) for one in alerts if one["kind"] in URGENT]
        alarms = apart([place_of(series, told) for told in urgent])
    else:
        alarms = RULES[rule](series)
        more["alerts"] = alerts = [_alarm(series, place, rule, language) for place in alarms]
    return more | {"record": _told(record(series, alarms), len(alerts))}


def _counted(session: Session) -> MoodSeries | None:
    ends = select(func.min(Bucket.start), func.max(Bucket.start)).where(Bucket.topic_id == 1)
    first, last = session.execute(ends.where(Bucket.width == bucket.MINUTE)).one()
    if first is None:
        return None
    start, end = _grid(first, last + bucket.MINUTE)
    rows = bucket.read(session, 1, start, end)
    held = {curve: [(row.start, row.values[curve]) for row in rows] for curve in bucket.CURVES}
    return mood_series(held, start, end, STEP)


def _grid(first: float, last: float) -> tuple[datetime, datetime]:
    width = STEP.total_seconds()
    start = datetime.fromtimestamp(first // width * width, UTC)
    return start, datetime.fromtimestamp(last, UTC)


def _alarm(series: MoodSeries, place: int, rule: str, language: Language) -> dict[str, str]:
    count = round(float(hourly(series)[place]))
    text = say("cli.alarm_of_rule", language, rule=rule, count=count)
    return {"at": series.curve(VOLUME).at(place + 1).isoformat(), "kind": "alarm", "text": text}


def _told(found: Record, alerts: int) -> dict[str, Any]:
    return {
        "starts": found.starts,
        "missed": found.missed,
        "delays_hours": [round(delay, 2) for delay in found.delays],
        "delay_hours": found.delay,
        "alarms": found.alarms,
        "false_alarms": found.false,
        "weeks": round(found.weeks, 2),
        "false_alarms_per_week": round(found.false_a_week, 2),
        "alerts": alerts,
    }


def curves_of(path: Path, model: MoodModel) -> MoodSeries | None:
    """Return the curves of a stream, None when it holds nothing with a time."""
    lines = [row for row in read(path) if not isinstance(row, Reject) and row.published]
    if not lines:
        return None
    times = [row.published.timestamp() for row in lines if row.published]
    scores = model.read([row.text for row in lines])
    held: dict[str, list[tuple[float, float]]] = {VOLUME: [(at, 1.0) for at in times]}
    for mood in MOODS:
        held[mood] = [(t, 1.0) for t, s in zip(times, scores, strict=True) if mood in s.labels]
    start, end = _grid(min(times), max(times) + STEP.total_seconds())
    return mood_series(held, start, end, STEP)


def table(paths: Iterable[Path], model: MoodModel, head: Sequence[str]) -> Iterable[str]:
    """Yield the rows of a table in Markdown: each stream, each rule, and the sums.

    A cell holds starts told, median delay, false alarms (a week), and alarms in all. The
    product's rule is asked on the curves, as the others are, and its incidents are not joined.
    """
    yield "| " + " | ".join((*head, *RULES)) + " |"
    yield "|---|---|" + "---|" * len(RULES)
    every: dict[str, list[Record]] = {name: [] for name in RULES}
    for path in paths:
        series = curves_of(path, model)
        if series is None:
            continue
        found = {name: record(series, rule(series)) for name, rule in RULES.items()}
        for name, one in found.items():
            every[name].append(one)
        yield _row(path.stem, found)
    sums = {name: _sum(records) for name, records in every.items()}
    yield _row("*", sums)


def _sum(records: Sequence[Record]) -> Record:
    return Record(
        sum(one.starts for one in records),
        tuple(delay for one in records for delay in one.delays),
        sum(one.false for one in records),
        sum(one.alarms for one in records),
        sum(one.weeks for one in records),
    )


def _row(name: str, found: Mapping[str, Record]) -> str:
    cells = [
        f"{len(one.delays)} / {'–' if one.delay is None else f'{one.delay:.1f} h'}"
        f" / {one.false} ({one.false_a_week:.2f}) / {one.alarms}"
        for one in found.values()
    ]
    return f"| {name} | {next(iter(found.values())).starts} | " + " | ".join(cells) + " |"
