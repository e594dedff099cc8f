"""Ignition: the moment a story climbs from ordinary users to media and news sites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from functools import cache
from math import exp, sqrt
from pathlib import Path
from urllib.parse import urlsplit

from analysis.plain import folded
from analysis.reason import Reason
from analysis.series import aware

#: Followers from which on an account is large; most press offices draw the line there.
LARGE = 100_000
#: How long before and after a step its lift is measured, and mentions that can tell anything.
WINDOW, ENOUGH = timedelta(hours=2), 5


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
        outlet: its name for people.
    """

    id: int
    at: datetime
    tier: Tier
    outlet: str = ""


@dataclass(frozen=True)
class Climb:
    """A story's step to a tier it had not reached.

    Attributes:
        voicing: the mention that did it.
        lag: since the story's first mention.
        why: sentence for people.
    """

    voicing: Voicing
    lag: timedelta
    why: Reason


@dataclass(frozen=True)
class Lift:
    """How many times more was said in the two hours after a step than in the two before.

    Attributes:
        times: the ratio.
        low: lower end of its 95 % interval (log of a ratio of Poisson counts).
        high: upper end of it.
    """

    times: float
    low: float
    high: float


@cache
def central() -> Mapping[str, Tier]:
    """Return the outlets known as central media, by folded name and by host."""
    listed = (Path(__file__).parent / "lists" / "central.txt").read_text("utf-8")
    return dict.fromkeys(map(folded, listed.split()), Tier.CENTRAL)


def tier(
    kind: str | None,
    followers: int | None,
    names: Sequence[str] = (),
    table: Mapping[str, int] | None = None,
    *,
    article: bool = False,
) -> Tier:
    """Place an author or outlet.

    Args:
        kind: person, media, government or company, as the platform says; None is unknown.
        followers: None is unknown, and no reason to think it large.
        names: of the outlet, see :func:`names_of`.
        table: the team's own table, folded outlet → tier; it wins over everything.
        article: it stands on a news site rather than in an account.
    """
    # A reader who writes in a central outlet's forum is no outlet.
    speaks = article or kind in {"media", "government"}
    for known in (table or {}, central() if speaks else {}):
        for name in names:
            if name in known:
                return Tier(max(0, min(4, known[name])))
    if article:
        return Tier.NEWS
    if kind in {"media", "government"}:
        return Tier.MEDIA
    return Tier.LARGE if (followers or 0) >= LARGE else Tier.ORDINARY


def names_of(outlet: str | None, url: str | None) -> list[str]:
    """Return what an outlet may be called in a table: its name, its host, the hosts above it."""
    names = [folded(outlet.strip())] if outlet else []
    try:
        host = (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        host = ""
    parts = host.split(".")
    return names + [".".join(parts[place:]) for place in range(max(1, len(parts) - 1)) if host]


def climbs(
    story: Sequence[Voicing], begun: datetime, known: Mapping[Tier, datetime] | None = None
) -> list[Climb]:
    """Return the steps by which a story climbed that are not known yet, in order of time.

    Mentions may come in any order. A step may skip tiers; a story that begins on a high tier
    stepped there at once. A late mention is a step only where none was so high so early.

    Args:
        story: mentions, or those come since the last look.
        begun: the story's first mention, aware.
        known: when each tier was reached, by earlier looks.
    """
    held = dict(known or {})
    found: list[Climb] = []
    for voicing in sorted(story, key=lambda one: (one.at, -one.tier, one.id)):
        above = any(tier > voicing.tier and at <= voicing.at for tier, at in held.items())
        if voicing.tier is Tier.ORDINARY or voicing.tier in held or above:
            continue
        held[voicing.tier] = voicing.at
        lag = max(aware(voicing.at) - aware(begun), timedelta(0))
        values = {"lag": round(lag / timedelta(minutes=1)), "outlet": voicing.outlet}
        key = f"signals.ignition_{voicing.tier.name.lower()}"
        found.append(Climb(voicing, lag, Reason(key, values)))
    return found


def lift(before: int, after: int) -> Lift | None:
    """Return what a step brought, None where there is too little to compare."""
    if before + after < ENOUGH:
        return None
    times = (after + 0.5) / (before + 0.5)
    half = 1.96 * sqrt(1 / (after + 0.5) + 1 / (before + 0.5))
    return Lift(times, times * exp(-half), times * exp(half))
