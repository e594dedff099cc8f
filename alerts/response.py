"""The response clock in a mail: what is owed by when, and which of it is still to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

#: First assessment within 30 minutes (service practice), first statement within the hour, a
#: considered one within 4 hours (黄金4小时), the full account within a day.
OWED: Mapping[str, timedelta] = {
    "assess": timedelta(minutes=30),
    "first": timedelta(hours=1),
    "considered": timedelta(hours=4),
    "full": timedelta(hours=24),
}


@dataclass(frozen=True)
class Owed:
    """One target still to meet; ``left`` is negative when its time has passed."""

    name: str
    due: datetime
    left: timedelta


def still_owed(
    start: datetime,
    now: datetime,
    assessed: datetime | None = None,
    stated: datetime | None = None,
    owed: Mapping[str, timedelta] = OWED,
) -> list[Owed]:
    """Return the targets not met yet, soonest first.

    Args:
        start: the incident's first alert.
        now: aware.
        assessed: when a person took the incident up.
        stated: when its first statement was published; what follows on it is then listed while it
            is not due, since a date alone cannot tell how full a statement was.
        owed: the targets.
    """
    met = {"assess": assessed or stated, "first": stated}
    steps = [Owed(name, start + span, start + span - now) for name, span in owed.items()]
    return [
        step
        for step in sorted(steps, key=lambda step: step.due)
        if not met.get(step.name) and not (stated and step.left < timedelta(0))
    ]
