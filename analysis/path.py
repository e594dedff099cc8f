"""The path of moods: anxiety, doubt, then hostility, and when hostility leads if it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from analysis.mood import Mood
from analysis.reason import Reason
from analysis.series import Floats, MoodSeries, aware

HOUR = timedelta(hours=1)
#: Moody mentions in the window, hours that hold some, and mentions of the last three hours,
#: below which nothing is said.
LEAST, HOURS, SOME = 60.0, 4, 10.0
#: Chance that hostility leads at some hour of the next day, by the mean of the log ratio
#: (hostility over the larger of the others) of the last 3 and 12 hours: even at a ratio of
#: 0.55, and e^2.3 times the odds for every factor e. Fitted on the recorded affairs, where
#: leaving each out moved it by less than its error; see docs/signals.md.
EVEN, STEEP = -0.6, 2.3
#: The trend must be this many standard errors above zero: once in twenty by chance.
SURE = 1.64
#: A lead further away than this is not forecast: the news of tomorrow decides.
FURTHEST = timedelta(hours=24)


_NONE = (None, None, None)


@dataclass(frozen=True)
class Path:
    """Where the moods stand and go.

    Attributes:
        leader: the mood most mentions carry in the last hours, None when data are thin.
        shares: of the three moods among their sum, in the last hours.
        chance: that hostility leads at some hour of the next day, in [0, 1]; None when it leads
            already or data are thin.
        low: lower end of the 80 % interval of ``chance``, by the number of mentions.
        high: upper end of it.
        leads_at: when hostility leads if the course holds; None when it leads already, will
            not within a day, or data are thin.
        earliest: lower end of the 80 % interval of ``leads_at``.
        latest: upper end of it; None when it may never lead.
        why: sentence for people.
    """

    leader: Mood | None
    shares: dict[str, float]
    chance: float | None
    low: float | None
    high: float | None
    leads_at: datetime | None
    earliest: datetime | None
    latest: datetime | None
    why: Reason

    @property
    def warns(self) -> bool:
        """Whether hostility will lead within a day more likely than not, whatever the counts err.

        Of 11 recorded affairs in which this held once, it was right the first time in 8; a
        named time was in 1 of 4 (see docs/signals.md), so people are warned of the former.
        """
        return self.low is not None and self.low >= 0.5


def path(series: MoodSeries, now: datetime, window: timedelta = timedelta(hours=12)) -> Path:
    """Read the course of the moods over ``window`` and carry it on.

    The log of hostility over the larger of the two others, hour by hour, is fitted by a
    line, weighed by the mentions of each hour; hostility leads where the line crosses zero.
    """
    held = series.until(aware(now))
    hours = _hourly(held, window)
    filled = int((hours.sum(axis=0) > 0).sum())
    recent = hours[:, -3:].sum(axis=1)
    if float(hours.sum()) < LEAST or filled < HOURS or recent.sum() < SOME:
        return Path(None, {}, *_NONE, *_NONE, Reason("signals.path_thin", {}))
    names = (Mood.ANXIETY, Mood.DOUBT, Mood.HOSTILITY)
    parts = recent / recent.sum()
    shares = {str(n): round(float(v), 3) for n, v in zip(names, parts, strict=True)}
    leader = names[int(np.argmax(recent))]
    if leader is Mood.HOSTILITY:
        return Path(leader, shares, *_NONE, *_NONE, _why("path_leads", shares))
    chance = _chance(recent, hours.sum(axis=1))
    values = {"chance": round(100 * chance[0])}
    # A trend alone named a time too often in vain; it needs the odds behind it.
    crossing = _crossing(hours) if chance[0] >= 0.5 else None
    if crossing is None:
        name = "path_likely" if chance[0] >= 0.5 else "path_holds"
        return Path(leader, shares, *chance, *_NONE, _why(name, shares, **values))
    middle, first, last = (None if h is None else held.end + h * HOUR for h in crossing)
    values |= {"hours": round(crossing[0]), "first": round(crossing[1])}
    why = _why("path_turns", shares, **values)
    return Path(leader, shares, *chance, middle, first, last, why)


def _chance(recent: Floats, whole: Floats) -> tuple[float, float, float]:
    """Return the chance that hostility leads within a day, and its 80 % interval."""
    gap = error = 0.0
    for counts in (recent, whole):
        hostile, other = float(counts[2]) + 0.5, float(max(counts[0], counts[1])) + 0.5
        gap += np.log(hostile / other) / 2
        error += float(np.sqrt(1 / hostile + 1 / other)) / 2
    odds = STEEP * (np.array([0.0, -1.28, 1.28]) * error + gap - EVEN)
    middle, low, high = (1 / (1 + np.exp(-odds))).tolist()
    return middle, low, high


def _why(name: str, shares: dict[str, float], **more: object) -> Reason:
    return Reason(f"signals.{name}", {n: round(100 * s) for n, s in shares.items()} | more)


def _hourly(series: MoodSeries, window: timedelta) -> Floats:
    """Return counts of the three moods by hours that end with the series, (3, hours)."""
    per = max(1, round(HOUR / series.step))
    size = max(1, round(window / (per * series.step)))
    rows = []
    for mood in (Mood.ANXIETY, Mood.DOUBT, Mood.HOSTILITY):
        counts = np.nan_to_num(series.curve(mood).counts[-size * per :])
        padded = np.concatenate((np.zeros(size * per - len(counts)), counts))
        rows.append(padded.reshape(size, per).sum(axis=1))
    return np.array(rows)


def _crossing(hours: Floats) -> tuple[float, float, float | None] | None:
    """Return hours until hostility leads, and the ends of the 80 % interval, if it will.

    Ends by Fieller's reading of the line: where its 80 % band meets zero.
    """
    others = np.maximum(hours[0], hours[1])
    gap = np.log((hours[2] + 0.5) / (others + 0.5))
    weight = 1 / (1 / (hours[2] + 0.5) + 1 / (others + 0.5))
    weight[hours.sum(axis=0) == 0] = 0.0
    times = np.arange(1 - len(gap), 1, dtype=np.float64) - 0.5
    design = np.stack((np.ones(len(gap)), times), axis=1)
    inverse = np.linalg.pinv(design.T @ (design * weight[:, None]))
    level, slope = inverse @ (design.T @ (gap * weight))
    off = gap - design @ np.array([level, slope])
    stretch = max(1.0, float((weight * off * off).sum()) / max(1, int((weight > 0).sum()) - 2))
    if slope <= SURE * np.sqrt(inverse[1, 1] * stretch):
        return None
    level = min(level, 0.0)
    ahead = np.arange(0.0, 73.0, 0.25)
    rows = np.stack((np.ones(len(ahead)), ahead), axis=1)
    half = 1.28 * np.sqrt(np.einsum("ij,jk,ik->i", rows, inverse * stretch, rows))
    line = level + slope * ahead
    if -level / slope > FURTHEST / HOUR:
        return None
    upper, lower = np.flatnonzero(line + half >= 0), np.flatnonzero(line - half >= 0)
    first = float(ahead[upper[0]]) if len(upper) else 0.0
    return float(-level / slope), first, float(ahead[lower[0]]) if len(lower) else None
