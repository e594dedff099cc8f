"""Curves as numbers for drawing: bounded, on one even grid, the unknown left open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.bucket import CURVES, HOUR, MINUTE, Bucket, Counts, read

#: Most points a curve is drawn with; more than the pixels of a panel help nobody.
MOST_POINTS = 120
STEPS = (60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400)
#: Ranges on offer, in hours; beyond two days the hourly counts are read.
RANGES = (1, 3, 6, 24, 72, 168, 720, 2_160)
FINE = timedelta(hours=48)
#: Below so many posts a share says nothing.
FEWEST_FOR_SHARE = 5


@dataclass(frozen=True)
class Grid:
    """Starts of even steps: ``start``, ``step`` (seconds) and how many."""

    start: int
    step: int
    size: int

    @property
    def since(self) -> datetime:
        """The first step's start."""
        return datetime.fromtimestamp(self.start, UTC)

    @property
    def until(self) -> datetime:
        """The end of the last whole step."""
        return datetime.fromtimestamp(self.start + self.step * self.size, UTC)

    @property
    def width(self) -> int:
        """Which stored counts to read."""
        return MINUTE if self.step < HOUR else HOUR


def grid(since: datetime, until: datetime) -> Grid:
    """Return the finest grid over [since, until) with at most ``MOST_POINTS`` whole steps."""
    first, last = int(since.timestamp()), int(until.timestamp())
    finest = MINUTE if until - since <= FINE else HOUR
    usable = [step for step in STEPS if step >= finest]
    step = next((s for s in usable if (last - first) / s <= MOST_POINTS), STEPS[-1])
    start = first - first % step
    return Grid(start, step, min(max(0, (last - start) // step), MOST_POINTS))


def span_hours(opened: datetime | None, now: datetime) -> int:
    """Return the shortest range that shows an incident with some calm before it; 24 without one."""
    if opened is None:
        return 24
    needed = (now - opened).total_seconds() / 3_600 * 1.25 + 0.5
    return next((hours for hours in RANGES if hours >= needed), RANGES[-1])


Spans = Sequence[tuple[datetime, datetime]]


def curves(
    session: Session, topic_id: int, on: Grid, dark: Spans = (), folded: bool = False
) -> dict[str, list[int | None]]:
    """Return counts by curve on a grid, ``folded`` without copies; None is unknown."""
    rows = read(session, topic_id, on.since, on.until, on.width, folded=folded)
    first = session.scalar(
        select(func.min(Bucket.start)).where(Bucket.topic_id == topic_id, Bucket.width == on.width)
    )
    return spread(rows, on, first, dark)


def spread(
    rows: Sequence[Counts], on: Grid, first: int | None, dark: Spans = ()
) -> dict[str, list[int | None]]:
    """Sum stored counts into the steps of a grid.

    Before a topic's first count all is unknown (None), and so is a step without any count that
    lay in the ``dark`` for more than half: no source saw it.
    """
    sums: dict[str, Counter[int]] = {curve: Counter() for curve in CURVES}
    for row in rows:
        place = (row.start - on.start) // on.step
        for curve in CURVES:
            sums[curve][place] += row.values[curve]
    known = [
        first is not None
        and on.start + (i + 1) * on.step > first
        and (sums["volume"][i] > 0 or 2 * _covered(on, i, dark) <= on.step)
        for i in range(on.size)
    ]
    return {
        curve: [sums[curve][i] if known[i] else None for i in range(on.size)] for curve in CURVES
    }


def _covered(on: Grid, place: int, dark: Spans) -> float:
    """Return how many seconds of a step lie in the dark."""
    start = on.start + place * on.step
    after = start + on.step
    parts = (min(after, end.timestamp()) - max(start, begun.timestamp()) for begun, end in dark)
    return sum(max(0.0, part) for part in parts)


def shares(counts: dict[str, list[int | None]]) -> dict[str, list[float | None]]:
    """Return each mood's share of the volume in percent; None where posts are too few to tell."""
    volume = counts["volume"]
    return {
        curve: [
            round(100 * n / whole, 1)
            if n is not None and whole is not None and whole >= FEWEST_FOR_SHARE
            else None
            for n, whole in zip(values, volume, strict=True)
        ]
        for curve, values in counts.items()
        if curve != "volume"
    }
