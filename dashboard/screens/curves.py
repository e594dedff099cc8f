"""The numbers behind every chart: as JSON to draw, as a table to read, as CSV to keep."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Query
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, Response

from dashboard.charts import RANGES, Grid, curves, grid, shares
from dashboard.desk import Desk, Reading
from dashboard.gate import NotFoundError
from dashboard.sight import blind_spans, dark_spans, unvisited
from dashboard.topics import resting
from dashboard.usual import bands
from storage.bucket import CURVES
from storage.incident import SpikeRow
from storage.release import Release
from storage.topic import Topic

router = APIRouter()

#: Longest stretch one chart may ask for.
LONGEST = timedelta(days=400)
#: Most marks of one kind on a chart.
MARKS = 60


@dataclass(frozen=True)
class Asked:
    """What stretch of time is wanted."""

    hours: Annotated[int, Query(ge=1, le=RANGES[-1])] = 24
    since: datetime | None = None
    until: datetime | None = None
    folded: bool = False

    def grid(self, now: datetime) -> Grid:
        """Return the grid asked for; naive or reversed times fall back to the hours."""
        until = _aware(self.until) or now
        since = _aware(self.since) or until - timedelta(hours=self.hours)
        if not timedelta(0) < until - since <= LONGEST:
            since = until - timedelta(hours=self.hours)
        return grid(since, min(until, now))


Stretch = Annotated[Asked, Depends()]


def _aware(moment: datetime | None) -> datetime | None:
    return moment if moment is not None and moment.tzinfo else None


@router.get("/charts/{topic_id:row}.json")
def numbers(desk: Reading, topic_id: int, asked: Stretch, by: str = "counts") -> Response:
    """Answer with curves, spikes, statements and blind stretches, times as the wall shows them."""
    with desk.database.read() as session:
        topic = _topic(session, topic_id)
        on = asked.grid(desk.now)
        blind = blind_spans(session, on.since, on.until)
        dark = _dark(session, topic, on, blind)
        counts = curves(session, topic_id, on, dark, asked.folded)
        expected = {} if by == "shares" else bands(session, topic, on, dark, asked.folded)
        marks = {
            "spikes": _spikes(session, desk, topic_id, on),
            "releases": _releases(session, desk, topic_id, on),
            "blind": _blind(desk, blind),
        }
    drawn = _lines(desk, on, shares(counts) if by == "shares" else counts)
    unit = "%" if by == "shares" else desk.words.say("unit_posts")
    said = {"unit": unit, "words": _words(desk), "bands": expected}
    return JSONResponse(drawn | marks | said)


def _dark(
    session: Session, topic: Topic, on: Grid, blind: Sequence[tuple[datetime, datetime, str]]
) -> list[tuple[datetime, datetime]]:
    """Return when nothing of a topic could be seen: all blind, none there yet, or archived."""
    unseen = dark_spans(session, blind) + unvisited(session, on.until)
    return unseen + resting(session, topic.id, on.until)


def _lines(
    desk: Desk, on: Grid, shown: Mapping[str, Sequence[int | None] | Sequence[float | None]]
) -> dict[str, Any]:
    step = timedelta(seconds=on.step)
    return {
        "step": on.step,
        "note": desk.words.say("chart_note", step=desk.words.span(step)),
        "times": [_wall(desk, on.since + i * step) for i in range(on.size)],
        "curves": [
            {"name": name, "label": desk.words.label("mood", name), "values": shown[name]}
            for name in CURVES
            if name in shown
        ],
    }


def _words(desk: Desk) -> dict[str, str]:
    names = ("expected", "unknown", "blind", "release", "spike", "empty", "band", "band_none")
    return {name: desk.words.say(f"chart_{name}") for name in names}


@router.get("/charts/{topic_id:row}.csv")
def as_csv(desk: Reading, topic_id: int, asked: Stretch) -> Response:
    """Answer with counts and expected ranges as CSV; the unknown is an empty cell."""
    topic, _, rows = _table(desk, topic_id, asked)
    out = io.StringIO()
    writer = csv.writer(out)
    ends = [f"{curve}_{end}" for curve in CURVES for end in ("low", "high")]
    writer.writerow(["time", *CURVES, *ends])
    for at, counts in rows:
        values = [count.value for count in counts]
        values += [end for count in counts for end in (count.low, count.high)]
        cells = ["" if value is None else value for value in values]
        writer.writerow([at.astimezone(desk.house.zone).isoformat(), *cells])
    name = f"chengqing-topic-{topic.id}.csv"
    return Response(
        "\ufeff" + out.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


@router.get("/charts/{topic_id:row}")
def as_table(desk: Reading, topic_id: int, asked: Stretch) -> Response:
    """Show counts and expected ranges as a table, latest first."""
    topic, on, rows = _table(desk, topic_id, asked)
    return desk.show(
        "table.html",
        topic=topic,
        rows=rows[::-1],
        curves=CURVES,
        step=timedelta(seconds=on.step),
        query=desk.request.url.query,
    )


class Cell(NamedTuple):
    """A step's count of one curve, and the range that was expected; None is unknown."""

    value: int | None
    low: int | None
    high: int | None


def _table(
    desk: Desk, topic_id: int, asked: Asked
) -> tuple[Topic, Grid, list[tuple[datetime, list[Cell]]]]:
    with desk.database.read() as session:
        topic = _topic(session, topic_id)
        on = asked.grid(desk.now)
        dark = _dark(session, topic, on, blind_spans(session, on.since, on.until))
        counts = curves(session, topic_id, on, dark, asked.folded)
        expected = bands(session, topic, on, dark, asked.folded)
    columns = [
        map(Cell, counts[curve], expected[curve]["low"], expected[curve]["high"])
        for curve in CURVES
    ]
    times = (on.since + timedelta(seconds=i * on.step) for i in range(on.size))
    cells = map(list, zip(*columns, strict=True))
    return topic, on, list(zip(times, cells, strict=True))


def _topic(session: Session, topic_id: int) -> Topic:
    topic = session.get(Topic, topic_id)
    if topic is None:
        raise NotFoundError
    return topic


def _wall(desk: Desk, moment: datetime) -> int:
    """Return the wall clock's reading as if it were UTC, in ms: charts draw without zones."""
    local = moment.astimezone(desk.house.zone)
    offset = local.utcoffset() or timedelta(0)
    return int((moment.timestamp() + offset.total_seconds()) * 1_000)


def _spikes(session: Session, desk: Desk, topic_id: int, on: Grid) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(SpikeRow)
        .where(SpikeRow.topic_id == topic_id, SpikeRow.at >= on.since, SpikeRow.at < on.until)
        .order_by(SpikeRow.score.desc())
        .limit(MARKS)
    )
    return [
        {
            "at": _wall(desk, row.at),
            "mood": row.mood,
            "why": desk.words.why(row.why),
            "observed": row.observed,
            "low": row.low,
            "high": row.high,
        }
        for row in rows
    ]


def _releases(session: Session, desk: Desk, topic_id: int, on: Grid) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(Release)
        .where(Release.topic_id == topic_id)
        .where(Release.published >= on.since, Release.published < on.until)
        .order_by(Release.published.desc())
        .limit(MARKS)
    )
    return [
        {"at": _wall(desk, row.published), "number": row.number, "headline": row.headline}
        for row in rows
        if row.published
    ]


def _blind(desk: Desk, blind: Sequence[tuple[datetime, datetime, str]]) -> list[dict[str, Any]]:
    return [
        {"from": _wall(desk, start), "to": _wall(desk, end), "source": name}
        for start, end, name in blind[:MARKS]
    ]
