"""Counts over time on one even grid; a bucket nobody could see is NaN: unknown, not calm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Blind = Sequence[tuple[datetime, datetime]]


class NaiveTimeError(ValueError):
    """A time without a zone, which could mean any of 24 hours."""

    def __init__(self, at: datetime) -> None:
        super().__init__(f"时间没有时区：{at.isoformat()}；请给出带时区的时间。")


def aware(at: datetime) -> datetime:
    """Return ``at`` in UTC.

    Raises:
        NaiveTimeError: it has no zone.
    """
    if at.tzinfo is None:
        raise NaiveTimeError(at)
    return at.astimezone(UTC)


@dataclass(frozen=True)
class Series:
    """One curve.

    Attributes:
        start: start of the first bucket, aware.
        step: width of a bucket.
        counts: mentions per bucket, shape (n,); NaN where the source was blind.
    """

    start: datetime
    step: timedelta
    counts: Floats

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", aware(self.start))
        object.__setattr__(self, "counts", np.asarray(self.counts, dtype=np.float64))
        if self.step <= timedelta(0):
            raise ValueError("A bucket must have a width above zero.")

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def end(self) -> datetime:
        """The end of the last bucket."""
        return self.start + self.step * len(self.counts)

    def at(self, index: int) -> datetime:
        """Return the start of bucket ``index``."""
        return self.start + self.step * index

    def index(self, at: datetime) -> int:
        """Return the bucket that holds ``at``; it may lie outside the series."""
        return (aware(at) - self.start) // self.step

    def total(self, since: datetime | None = None, until: datetime | None = None) -> float:
        """Return the known count of the buckets that start in [since, until)."""
        first = 0 if since is None else max(0, -((self.start - aware(since)) // self.step))
        last = len(self) if until is None else max(0, -((self.start - aware(until)) // self.step))
        return float(np.nansum(self.counts[first:last]))


@dataclass(frozen=True)
class MoodSeries:
    """The curves of one topic on one grid: ``volume`` and each mood by its name."""

    start: datetime
    step: timedelta
    curves: Mapping[str, Floats]

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", aware(self.start))
        held = {name: np.asarray(counts, np.float64) for name, counts in self.curves.items()}
        if len({len(counts) for counts in held.values()}) > 1:
            raise ValueError("Curves of one topic must be equally long.")
        object.__setattr__(self, "curves", held)

    def __len__(self) -> int:
        return max((len(counts) for counts in self.curves.values()), default=0)

    @property
    def end(self) -> datetime:
        """The end of the last bucket."""
        return self.start + self.step * len(self)

    def curve(self, name: str) -> Series:
        """Return one curve; one that was never counted is all zero."""
        counts = self.curves.get(name)
        return Series(self.start, self.step, np.zeros(len(self)) if counts is None else counts)

    def until(self, now: datetime) -> MoodSeries:
        """Return only the buckets that are complete at ``now``."""
        size = max(0, min(len(self), (aware(now) - self.start) // self.step))
        return MoodSeries(self.start, self.step, {n: c[:size] for n, c in self.curves.items()})

    def between(self, since: datetime, until: datetime) -> MoodSeries:
        """Return the buckets that start in [since, until), of those there are."""
        first = max(0, -((self.start - aware(since)) // self.step))
        last = max(first, min(len(self), -((self.start - aware(until)) // self.step)))
        kept = {name: counts[first:last] for name, counts in self.curves.items()}
        return MoodSeries(self.start + first * self.step, self.step, kept)

    def then(self, later: MoodSeries) -> MoodSeries:
        """Return these buckets and those of the same curves that follow them at once."""
        joined = {n: np.concatenate((c, later.curves[n])) for n, c in self.curves.items()}
        return MoodSeries(self.start, self.step, joined)

    def without(self, blind: Blind) -> MoodSeries:
        """Return the same with unknown counts where a bucket touches a ``blind`` stretch."""
        if not blind:
            return self
        held = {name: counts.copy() for name, counts in self.curves.items()}
        for counts in held.values():
            _dim(counts, self.start, self.step, blind)
        return MoodSeries(self.start, self.step, held)


def from_rows(
    rows: Iterable[tuple[float, float]],
    start: datetime,
    end: datetime,
    step: timedelta,
    blind: Blind = (),
) -> Series:
    """Build a curve from (bucket start in epoch seconds, count) rows.

    Rows of one bucket add up, in any order, so late posts need no care; rows outside
    [start, end) are left out. A bucket without rows is zero, and unknown where it touches
    one of the ``blind`` [from, to) stretches.
    """
    start, width = aware(start), step.total_seconds()
    counts = np.zeros(max(0, -((start - aware(end)) // step)))
    held = np.array(list(rows), dtype=np.float64).reshape(-1, 2)
    where = np.floor((held[:, 0] - start.timestamp()) / width).astype(np.int64)
    inside = (where >= 0) & (where < len(counts))
    np.add.at(counts, where[inside], held[inside, 1])
    _dim(counts, start, step, blind)
    return Series(start, step, counts)


def _dim(counts: Floats, start: datetime, step: timedelta, blind: Blind) -> None:
    for first, last in blind:
        low = max(0, (aware(first) - start) // step)
        high = max(0, -((start - aware(last)) // step))
        counts[low:high] = np.nan


def mood_series(
    rows: Mapping[str, Iterable[tuple[float, float]]],
    start: datetime,
    end: datetime,
    step: timedelta,
    blind: Blind = (),
) -> MoodSeries:
    """Build all curves of a topic from the rows of each; see :func:`from_rows`."""
    return MoodSeries(
        start,
        step,
        {name: from_rows(mine, start, end, step, blind).counts for name, mine in rows.items()},
    )
