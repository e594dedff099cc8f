"""A topic's counts as curves for the signals."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy.orm import Session

from analysis.series import Blind, MoodSeries, mood_series
from analysis.spikes import Memory
from storage import bucket, glance
from storage.topic import Topic

#: Width of the buckets that are judged: what is new is known this soon.
STEP = timedelta(minutes=5)
#: How far back the usual is learned from: two weeks and one day (see docs/signals.md).
HISTORY = timedelta(days=15)
#: Buckets of so long ago are read again only when their sums have changed.
SETTLED = timedelta(hours=3)
#: And at least so often, whatever the sums say.
AGAIN = timedelta(hours=6)


@dataclass
class Known:
    """What earlier looks at a topic know; a cache: the same is found without it.

    Attributes:
        series: counts without what was blind.
        settled: until when its buckets are compared by their sums alone.
        fresh: when all was read.
        spikes: verdicts on its curves.
    """

    series: MoodSeries | None = None
    settled: datetime | None = None
    fresh: datetime | None = None
    spikes: Memory = field(default_factory=Memory)


def curves(
    session: Session, topic: Topic, now: datetime, blind: Blind = (), known: Known | None = None
) -> MoodSeries:
    """Return the topic's curves up to the last complete bucket at ``now``.

    They begin :data:`HISTORY` back, or where the topic's records begin. Buckets that touch a
    ``blind`` stretch are unknown.
    """
    known = Known() if known is None else known
    end = bucket.floor(now, int(STEP.total_seconds()))
    begun = bucket.begun(session, topic)
    start = bucket.floor(min(end, max(begun, end - HISTORY)), bucket.HOUR)
    settled = bucket.floor(max(start, end - SETTLED), bucket.HOUR)
    past = _past(session, topic.id, start, known, now)
    since = start if past is None else past.end
    rows = bucket.read(session, topic.id, since, end)
    held = {curve: [(row.start, row.values[curve]) for row in rows] for curve in bucket.CURVES}
    series = mood_series(held, since, end, STEP)
    if past is not None:
        series = past.then(series)
    fresh = now if past is None else known.fresh
    known.series, known.settled, known.fresh = series, settled, fresh
    return series.without(blind)


def _past(
    session: Session, topic_id: int, start: datetime, known: Known, now: datetime
) -> MoodSeries | None:
    """Return what is known of the buckets before the settled moment, if it still holds."""
    held, settled = known.series, known.settled
    if held is None or settled is None or known.fresh is None or held.start > start:
        return None
    if settled <= start or now - known.fresh >= AGAIN:
        return None
    past = held.between(held.start, settled)
    if glance.sums(session, topic_id, held.start, settled) != _sums(past):
        return None
    return held.between(start, settled)


def _sums(past: MoodSeries) -> tuple[int, ...]:
    """Return what :func:`storage.glance.sums` does of the same hours."""
    found = []
    for curve in bucket.CURVES:
        hours = past.curves[curve].reshape(-1, round(timedelta(hours=1) / STEP)).sum(axis=1)
        found += [int(hours.sum()), int(hours @ np.arange(len(hours)))]
    return tuple(found)
