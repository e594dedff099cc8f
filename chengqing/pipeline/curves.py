"""A topic's counts as curves for the signals."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from analysis.series import MoodSeries, mood_series
from storage import bucket
from storage.topic import Topic

#: Width of the buckets that are judged: what is new is known this soon.
STEP = timedelta(minutes=5)
#: How far back the usual is learned from: two weeks and one day (see docs/signals.md).
HISTORY = timedelta(days=15)


def curves(session: Session, topic: Topic, now: datetime) -> MoodSeries:
    """Return the topic's curves up to the last complete bucket at ``now``.

    They begin :data:`HISTORY` back, or where the topic's records begin: with its first mention,
    or when it was put under watch, since from then on silence is known to be silence.
    """
    end = bucket.floor(now, int(STEP.total_seconds()))
    earliest = bucket.first(session, topic.id)
    begun = min(topic.created, earliest or topic.created)
    start = bucket.floor(min(end, max(begun, end - HISTORY)), bucket.HOUR)
    rows = bucket.read(session, topic.id, start, end)
    by_curve = {
        curve: [(row.start, row.values[curve]) for row in rows if row.values[curve]]
        for curve in bucket.CURVES
    }
    return mood_series(by_curve, start, end, STEP)
