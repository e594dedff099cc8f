"""Ignition: the moment a story climbs from ordinary users to media and news sites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

import numpy as np

from analysis.reason import Reason
from analysis.series import aware

#: Followers from which on an account is large; most press offices draw the line there.
LARGE = 100_000
#: How long before and after a step its lift is measured.
WINDOW = timedelta(hours=2)


class Tier(IntEnum):
    """Who carries a story, by reach and weight."""

    ORDINARY = 0
    LARGE = 1
    MEDIA = 2
    NEWS = 3
    CENTRAL = 4


@dataclass(frozen=True)
class Voicing:
    """One mention, as far as ignition cares.

    Attributes:
        id: the mention's.
        at: when published, aware.
        tier: who says it.
    """

    id: str
    at: datetime
    tier: Tier


@dataclass(frozen=True)
class Climb:
    """A story's step to a tier it had not reached.

    Attributes:
        tier: the tier reached.
        at: when.
        id: the mention that did it.
        lag: since the story's first mention.
        lift: mentions an hour in the two hours after over those in the two before; None while
            the two hours are not over, or when there is too little to compare.
        low: lower end of its 95 % interval.
        high: upper end of it.
        why: sentence for people.
    """

    tier: Tier
    at: datetime
    id: str
    lag: timedelta
    lift: float | None
    low: float | None
    high: float | None
    why: Reason


def tier(
    kind: str | None,
    followers: int | None,
    outlet: str | None = None,
    table: Mapping[str, int] | None = None,
    *,
    article: bool = False,
) -> Tier:
    """Place an author or outlet.

    Args:
        kind: person, media, government or company, as the platform says; None is unknown.
        followers: None is unknown, and no reason to think it large.
        outlet: name or host of the outlet.
        table: the team's own table, outlet → tier; it wins over everything.
        article: it stands on a news site rather than in an account.
    """
    if table and outlet and outlet in table:
        return Tier(max(0, min(4, table[outlet])))
    if article:
        return Tier.NEWS
    if kind in {"media", "government"}:
        return Tier.MEDIA
    return Tier.LARGE if (followers or 0) >= LARGE else Tier.ORDINARY


def climbs(story: Sequence[Voicing], now: datetime) -> list[Climb]:
    """Return the steps by which a story climbed, in order of time.

    Mentions may come in any order. A step may skip tiers; a story that begins on a high tier
    has no step below it, and its first mention is no step.
    """
    ordered = sorted(story, key=lambda voicing: voicing.at)
    times = np.array([aware(voicing.at).timestamp() for voicing in ordered])
    found: list[Climb] = []
    reached: Tier | None = None
    for voicing in ordered:
        if reached is not None and voicing.tier > reached:
            found.append(_climb(voicing, ordered[0].at, times, aware(now)))
        reached = voicing.tier if reached is None else max(reached, voicing.tier)
    return found


def _climb(voicing: Voicing, first: datetime, times: np.ndarray, now: datetime) -> Climb:
    at, width = aware(voicing.at).timestamp(), WINDOW.total_seconds()
    before = float(np.sum((times >= at - width) & (times < at)))
    after = float(np.sum((times > at) & (times <= at + width)))
    lift = low = high = None
    if now.timestamp() >= at + width and before + after >= 5:
        lift = (after + 0.5) / (before + 0.5)
        half = 1.96 * float(np.sqrt(1 / (after + 0.5) + 1 / (before + 0.5)))
        low, high = lift * float(np.exp(-half)), lift * float(np.exp(half))
    lag = voicing.at - first
    values = {"minutes": round(lag / timedelta(minutes=1)), "lift": round(lift or 0, 1)}
    key = f"signals.ignition_{voicing.tier.name.lower()}"
    return Climb(voicing.tier, voicing.at, voicing.id, lag, lift, low, high, Reason(key, values))
