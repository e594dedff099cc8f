"""Share of voice: who or what fills the talk, with intervals."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

#: 95 of 100.
Z = 1.96


class Voice(StrEnum):
    """What a mention does within an affair."""

    FACTS = "facts"
    ACCUSATION = "accusation"
    QUESTION = "question"
    SUPPORT = "support"
    NEUTRAL = "neutral"


@dataclass(frozen=True)
class Share:
    """A part of all mentions.

    Attributes:
        count: mentions.
        share: in [0, 1].
        low: lower end of the interval that holds the true share in 95 of 100 cases.
        high: upper end of it.
    """

    count: float
    share: float
    low: float
    high: float


def shares(counts: Mapping[str, float]) -> dict[str, Share]:
    """Return each part's share of the whole with its interval (Wilson 1927).

    The interval speaks of the mentions as a sample of what people say; what the sources do
    not show it cannot know. Of nothing, every share may be anything.
    """
    total = sum(counts.values())
    return {name: _share(count, total) for name, count in counts.items()}


def _share(count: float, total: float) -> Share:
    if total <= 0:
        return Share(0.0, 0.0, 0.0, 1.0)
    part = count / total
    middle = (part + Z * Z / (2 * total)) / (1 + Z * Z / total)
    half = Z / (1 + Z * Z / total) * sqrt(part * (1 - part) / total + Z * Z / (4 * total * total))
    return Share(
        count, part, min(max(0.0, middle - half), part), max(min(1.0, middle + half), part)
    )


def voice(moods: Collection[str], carried: bool) -> Voice:
    """Say what one mention does, by its moods; one that carries our facts does that first."""
    if carried:
        return Voice.FACTS
    labels = set(moods)
    if "hostility" in labels:
        return Voice.ACCUSATION
    if labels & {"doubt", "anxiety"}:
        return Voice.QUESTION
    return Voice.SUPPORT if "support" in labels else Voice.NEUTRAL
