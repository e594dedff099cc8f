"""Rules side by side: ours and three usual ones, and how each does from the true start on.

A rule is asked on curves of ten-minute buckets and names the buckets at which it alarms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from analysis.judge import trailing
from analysis.mood import VOLUME
from analysis.series import Floats, MoodSeries
from analysis.spikes import find_spikes

STEP, WEEK = timedelta(minutes=10), timedelta(days=7)
PER, DAY = 6, 144  # buckets in an hour and a day
#: True start: twenty mentions in an hour after a day in which no hour held ten.
MANY, CALM = 20, 10
Alarms = Callable[[MoodSeries], list[int]]


def ours(series: MoodSeries) -> list[int]:
    """Return the buckets at which our rule tells of any curve, once a day."""
    found = find_spikes(series)
    return apart([round((spike.at - series.start) / STEP) for spike in found])


def ratio(series: MoodSeries) -> list[int]:
    """ElastAlert's spike rule: three times the hour before, at least ten (its worked example)."""
    hour = hourly(series)
    before = np.concatenate((np.zeros(PER), hour))[: len(hour)]
    return apart(np.flatnonzero((hour >= 10) & (hour >= 3 * before)).tolist())


def sigma(series: MoodSeries) -> list[int]:
    """Mean + 3 standard deviations of the hours of the last fortnight, from one day on."""
    hour, past = hourly(series), _past(series)
    mean, spread = np.nanmean(past, axis=1), np.nanstd(past, axis=1)
    return apart(np.flatnonzero((hour >= 10) & (hour > mean + 3 * spread)).tolist())


def robust(series: MoodSeries) -> list[int]:
    """Robust z of log counts above 3.5 (Iglewicz and Hoaglin), over the same fortnight."""
    hour, past = np.log1p(hourly(series)), np.log1p(_past(series))
    middle = np.nanmedian(past, axis=1)
    spread = 1.4826 * np.nanmedian(np.abs(past - middle[:, None]), axis=1)
    z = (hour - middle) / np.maximum(spread, 0.1)
    return apart(np.flatnonzero((hourly(series) >= 10) & (z > 3.5)).tolist())


RULES: Mapping[str, Alarms] = {
    "chengqing": ours,
    "ratio": ratio,
    "sigma": sigma,
    "robust": robust,
}


def hourly(series: MoodSeries) -> Floats:
    """Return what the hour that ends with each bucket held, shape (n,)."""
    counts = np.nan_to_num(series.curve(VOLUME).counts)
    return trailing(counts, PER)


def _past(series: MoodSeries) -> Floats:
    """Return the earlier hours of a fortnight before each bucket; NaN before the first."""
    hour = hourly(series)
    padded = np.concatenate((np.full(14 * DAY, np.nan), hour))
    past = sliding_window_view(padded, 14 * DAY)[: len(hour), ::PER].copy()
    past[:DAY] = 1e9  # no verdict on the first day
    return past


def apart(places: Sequence[int]) -> list[int]:
    """Keep alarms a day apart, as every rule is set up in practice."""
    kept: list[int] = []
    for place in sorted(places):
        if not kept or place - kept[-1] >= DAY:
            kept.append(place)
    return kept


@dataclass(frozen=True)
class Record:
    """How a rule did on one stream.

    Attributes:
        starts: true starts.
        delays: hours from each start that was told to its first alarm within a day.
        false: alarms outside every affair.
        alarms: all of them, at most one a day.
        weeks: length of the stream.
    """

    starts: int
    delays: tuple[float, ...]
    false: int
    alarms: int
    weeks: float

    @property
    def missed(self) -> int:
        """Starts without an alarm within a day."""
        return self.starts - len(self.delays)

    @property
    def delay(self) -> float | None:
        """The median delay in hours, None without one."""
        return float(np.median(self.delays)) if self.delays else None

    @property
    def false_a_week(self) -> float:
        """False alarms a week; a stream of less than a day counts as one."""
        return self.false / max(self.weeks, 1 / 7)


def record(series: MoodSeries, alarms: Sequence[int]) -> Record:
    """Hold alarms against the true starts of a stream."""
    starts, spans = true_starts(hourly(series))
    delays = []
    for start in starts:
        hits = [place for place in alarms if start <= place < start + DAY]
        if hits:
            delays.append((hits[0] + 1 - start) * STEP / timedelta(hours=1))
    false = sum(not any(first <= place <= last for first, last in spans) for place in alarms)
    weeks = len(series) * STEP / WEEK
    return Record(len(starts), tuple(delays), false, len(alarms), weeks)


def place_of(series: MoodSeries, told: datetime) -> int:
    """Return the last bucket that was complete when people were told."""
    return (told - series.start) // STEP - 1


def true_starts(hour: Floats) -> tuple[list[int], list[tuple[int, int]]]:
    """Return true starts, and from each until a day after the last busy hour."""
    starts: list[int] = []
    spans: list[tuple[int, int]] = []
    busy = np.flatnonzero(hour >= CALM)
    for place in np.flatnonzero(hour >= MANY).tolist():
        if spans and place <= spans[-1][1]:
            continue
        first = place - int(np.argmax(hour[max(0, place - PER + 1) : place + 1][::-1] < 1))
        first = max(0, place - PER + 1) if first == place else first
        last = place
        for later in busy[busy >= place].tolist():
            if later - last > DAY:
                break
            last = later
        starts.append(first)
        spans.append((first - PER, last + DAY))
    return starts, spans
