"""The response clock: what is owed by when since an incident's first alert, and what was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from alerts.response import OWED


class Mark(StrEnum):
    """How one target stands."""

    RUNNING = "running"
    MET = "met"
    LATE = "late"
    MISSED = "missed"


@dataclass(frozen=True)
class Target:
    """One target: its name, when it falls due, when it was done, and how that stands."""

    name: str
    due: datetime
    done: datetime | None
    mark: Mark
    left: timedelta


def targets(
    start: datetime,
    done: Mapping[str, datetime | None],
    now: datetime,
    owed: Mapping[str, timedelta] = OWED,
) -> tuple[Target, ...]:
    """Return every target in order; ``start`` is the incident's first alert."""
    return tuple(_target(name, start + span, done.get(name), now) for name, span in owed.items())


def _target(name: str, due: datetime, done: datetime | None, now: datetime) -> Target:
    if done is not None:
        mark = Mark.MET if done <= due else Mark.LATE
    else:
        mark = Mark.RUNNING if now <= due else Mark.MISSED
    return Target(name, due, done, mark, due - (done or now))
