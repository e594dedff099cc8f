"""What a topic's curves were expected to hold, drawn as a band behind them."""

from __future__ import annotations

from datetime import timedelta
from math import isnan

from sqlalchemy.orm import Session

from analysis.band import Band, band
from analysis.series import from_rows
from dashboard.charts import Grid, Spans
from storage.bucket import CURVES, HOUR, begun, floor, read
from storage.topic import Topic

#: How far back the usual is learned from: two weeks and a day, as the signals do.
HISTORY = timedelta(days=15)

Ends = dict[str, list[int | None]]


def bands(
    session: Session, topic: Topic, on: Grid, dark: Spans = (), folded: bool = False
) -> dict[str, Ends]:
    """Return by curve the ``low`` and ``high`` end of the expected range on a grid."""
    start = floor(max(begun(session, topic), on.since - HISTORY), HOUR)
    end = floor(on.until, HOUR) + timedelta(hours=1)
    rows = read(session, topic.id, start, end, HOUR, folded=folded)
    step, hour = timedelta(seconds=on.step), timedelta(hours=1)
    found = {}
    for curve in CURVES:
        counts = [(row.start, row.values[curve]) for row in rows]
        hours = from_rows(counts, start, end, hour, dark)
        found[curve] = _ends(band(hours, curve, on.since, step, on.size))
    return found


def _ends(expected: Band) -> Ends:
    def whole(values: list[float]) -> list[int | None]:
        return [None if isnan(value) else int(value) for value in values]

    return {"low": whole(expected.low.tolist()), "high": whole(expected.high.tolist())}
