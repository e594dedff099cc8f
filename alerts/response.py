"""The response clock: what is owed by when, and which of it is done or still to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


@dataclass(frozen=True)
class Said:
    """One published statement: when, whether it is a holding one, whether it leaves no question."""

    at: datetime
    holding: bool
    whole: bool


def milestones(acknowledged: datetime | None, said: Sequence[Said]) -> dict[str, datetime | None]:
    """Return when each target was first met, from what people did."""
    first = min((one.at for one in said), default=None)
    return {
        "assess": min((at for at in (acknowledged, first) if at), default=None),
        "first": first,
        "considered": min((one.at for one in said if not one.holding), default=None),
        "full": min((one.at for one in said if one.whole and not one.holding), default=None),
    }


def still_owed(
    start: datetime,
    now: datetime,
    done: Mapping[str, datetime | None],
    owed: Mapping[str, timedelta] = OWED,
) -> list[Owed]:
    """Return the targets not met yet, soonest first.

    ``start`` is the incident's first alert, ``done`` when each was met (``milestones``).
    """
    steps = [Owed(name, start + span, start + span - now) for name, span in owed.items()]
    return [step for step in sorted(steps, key=lambda step: step.due) if not done.get(step.name)]
