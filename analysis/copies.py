"""A text and its copies: who was first, how many, how far, and whether it is a flood."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

#: A flood is at least so many copies, by a third as many known authors or fewer: people who
#: spread a story copy it once, a copy-paste campaign posts from the same hands.
FLOOD, HANDS = 10, 3


@dataclass(frozen=True)
class Copies:
    """One text and its copies.

    Attributes:
        first: place of the earliest mention.
        count: mentions.
        authors: known different authors.
        platforms: where it stands, in alphabetic order.
        span: from the first to the last.
        flood: whether few authors posted it many times.
    """

    first: int
    count: int
    authors: int
    platforms: tuple[str, ...]
    span: timedelta
    flood: bool


def is_flood(known: int, authors: int) -> bool:
    """Say whether ``known`` copies by known authors, ``authors`` different ones, are a flood."""
    return known >= FLOOD and authors * HANDS <= known


def copies(
    groups: NDArray[np.int64],
    published: Sequence[datetime],
    authors: Sequence[str | None],
    platforms: Sequence[str],
) -> list[Copies]:
    """Describe the groups of more than one mention, largest first.

    Args:
        groups: from :func:`analysis.fold.fold`.
        published: when each mention was published.
        authors: pseudonym of each author; None is unknown, and nobody's hand.
        platforms: of each mention.
    """
    members: dict[int, list[int]] = defaultdict(list)
    for place, group in enumerate(groups.tolist()):
        members[group].append(place)
    found = []
    for places in members.values():
        if len(places) < 2:
            continue
        hands = [authors[place] for place in places if authors[place]]
        times = [published[place] for place in places]
        found.append(
            Copies(
                first=min(places, key=lambda place: (published[place], place)),
                count=len(places),
                authors=len(set(hands)),
                platforms=tuple(sorted({platforms[place] for place in places})),
                span=max(times) - min(times),
                flood=is_flood(len(hands), len(set(hands))),
            )
        )
    return sorted(found, key=lambda group: (-group.count, group.first))
