"""A topic's counts as curves for the signals."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from analysis.series import MoodSeries, mood_series
from storage import bucket

#: Width of the buckets that are judged: what is new is known this soon.
STEP = timedelta(minutes=5)
#: How far back the usual is learned from: two weeks and one day (see docs/signals.md).
HISTORY = timedelta(days=15)


def curves(
    session: Session, topic_id: int, now: datetime, history: timedelta = HISTORY
) -> MoodSeries:
    """Return the topic's curves up to the last complete bucket at ``now``.

    They begin with the first mention there is, if that is within ``history``.
    """
    width = int(STEP.total_seconds())
    end = bucket.floor(now, width)
    rows = bucket.read(session, topic_id, end - history, end)
    first = datetime.fromtimestamp(rows[0].start, now.tzinfo) if rows else end
    start = bucket.floor(first, bucket.HOUR)
    by_curve = {
        curve: [(row.start, row.values[curve]) for row in rows if row.values[curve]]
        for curve in bucket.CURVES
    }
    return mood_series(by_curve, start, end, STEP)
