"""Where the moods of an affair go, read from the counts of its topic's last hours."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from analysis.path import Path, path
from analysis.series import mood_series
from storage import bucket
from storage.incident import Incident

#: What :func:`analysis.path.path` looks back over, and the grid it is given.
WINDOW, STEP = timedelta(hours=12), timedelta(minutes=5)


def course_of(session: Session, incident: Incident, now: datetime) -> Path:
    """Return the path of an incident's moods at ``now``; it says itself when data are thin."""
    end = bucket.floor(now, int(STEP.total_seconds()))
    rows = bucket.read(session, incident.topic_id, end - WINDOW, end)
    curves = {
        curve: [(row.start, row.values[curve]) for row in rows if row.values[curve]]
        for curve in bucket.CURVES
    }
    return path(mood_series(curves, end - WINDOW, end, STEP), end)
