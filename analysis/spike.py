"""A spike as a value, and the rules that make one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from analysis.mood import VOLUME
from analysis.reason import Reason
from analysis.series import Floats

HOUR = 3_600.0
YEAR = 365.25 * 24 * HOUR


@dataclass(frozen=True)
class SpikeRules:
    """What counts as a spike; the defaults hold for every topic and series.

    Attributes:
        recurrence: a quiet curve may seem this rare once in such a time. A year makes five
            curves of one topic err about once in ten weeks, before the two gates below.
        least: posts above the expected, so that 1 → 4 stays calm; ten voices are the fewest
            that a press officer would call more than chance.
        lift: times the expected; a rise of less than double is no news, however certain.
        windows: trailing windows watched besides the bucket itself.
        refractory: after a spike, the same curve spikes again only if it passes ``again``
            times the highest of the hour after it; about a day was the most consistent gain on
            public labelled series.
        again: the escalation that breaks the silence.
        first_day: how long a topic counts as new.
        prior: mentions an hour that are nothing special on a topic without history, by
            curve; ``mood`` stands for each mood. None (volume) learns from the first hour.
    """

    recurrence: timedelta = timedelta(seconds=YEAR)
    least: float = 10.0
    lift: float = 2.0
    windows: tuple[timedelta, ...] = (
        timedelta(minutes=15),
        timedelta(hours=1),
        timedelta(hours=6),
    )
    refractory: timedelta = timedelta(days=1)
    again: float = 2.0
    first_day: timedelta = timedelta(days=1)
    prior: Mapping[str, float | None] = field(default_factory=lambda: {VOLUME: None, "mood": 5.0})


RULES = SpikeRules()


@dataclass(frozen=True)
class Spike:
    """One curve, beyond the usual.

    Attributes:
        at: start of the bucket whose count decided it, aware UTC.
        mood: name of the curve, ``volume`` or a mood.
        score: in [0.5, 1]; 0.5 is just beyond the rule.
        rarity: chance of such a bucket on this curve in quiet times (p-value-like).
        observed: mentions in the window that ended with the bucket.
        expected: mentions expected in it.
        low: lower end of the range that holds 95 of 100 such windows.
        high: upper end of it.
        excess: observed − expected, in mentions.
        why: sentence for people.
        window: width of the window.
        words: telling words of the mentions behind it; the caller fills them in.
        groups: their folded groups; the caller fills them in.
    """

    at: datetime
    mood: str
    score: float
    rarity: float
    observed: float
    expected: float
    low: float
    high: float
    excess: float
    why: Reason
    window: timedelta
    words: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Verdicts:
    """The verdict on each bucket of one curve; all arrays have shape (n,).

    Attributes:
        score: in [0, 1], at least 0.5 exactly where ``spikes``.
        spikes: bool.
        rarity: p-value-like, in (0, 1]; NaN where unknown.
        observed: mentions in the deciding window.
        expected: mentions expected in it.
        scatter: of the window around the expected.
        window: buckets in the deciding window.
        usual: mentions expected in the bucket itself, if it is fully seen.
    """

    score: Floats
    spikes: np.ndarray
    rarity: Floats
    observed: Floats
    expected: Floats
    scatter: Floats
    window: np.ndarray
    usual: Floats
