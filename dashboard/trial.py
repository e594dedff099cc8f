"""A watch query tried on what is stored: how many posts, which, and what it leaves out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from analysis.query import Query
from dashboard.posts import Post, by_ids, fold
from dashboard.seen import NEAR, NEW, OLD, Seen, look
from dashboard.stored import READ
from storage.mention import MOOD_BITS

#: Days that are counted apart, of the month that is read.
SPANS = (1, 7, 30)
#: Fewer posts are read for a query of very many words, so that posts times words stays bounded.
LEAST_READ, LOOKS = 1_000, 40_000_000
#: Words that are counted one by one, and posts shown of each kind.
WORDS, SHOWN = 12, 5


@dataclass(frozen=True)
class Group:
    """Posts that a trial tells apart, with a few of them from all of its time."""

    count: int
    posts: list[Post]


@dataclass(frozen=True)
class Trial:
    """What a query finds among the stored posts.

    Attributes:
        read: posts looked at.
        since: when the earliest of them was published; None when nothing is stored.
        whole: whether the whole month was read; else counts are "at least".
        spans: posts found by days back.
        by_thread: of all found, replies that only their thread brings.
        platforms: volume and moods by platform, most first.
        words: posts found by each word of the query, most first.
        groups: ``found``; ``near`` (hold one of its words, yet are not found); with a query in
            force also ``gained`` and ``lost`` against it.
        everything: whether the query answers to an empty post.
    """

    read: int
    since: datetime | None
    whole: bool
    spans: dict[int, int]
    by_thread: int
    platforms: dict[str, Counter[str]]
    words: list[tuple[str, int]]
    groups: dict[str, Group]
    everything: bool

    @property
    def found(self) -> Group:
        """What the query finds."""
        return self.groups["found"]


def trial(session: Session, query: Query, now: datetime, force: Query | None = None) -> Trial:
    """Try ``query`` on the newest stored posts, against the query in ``force``."""
    limit = max(LEAST_READ, min(READ, LOOKS // max(1, len(query.words()))))
    seen = look(session, query, force, now, (limit, WORDS))
    mine = [one for one in seen if NEW in one.keys]
    return Trial(
        read=len(seen),
        since=seen[-1].published if seen else None,
        whole=len(seen) < limit,
        spans={d: sum(one.published > now - timedelta(d) for one in mine) for d in SPANS},
        by_thread=sum(NEW not in one.own for one in mine),
        platforms=_platforms(mine),
        words=Counter(word for one in mine for word in one.words).most_common(),
        groups=_groups(session, seen, compared=force is not None),
        everything=query.everything,
    )


def _platforms(mine: Iterable[Seen]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for one in mine:
        cell = found.setdefault(one.thread[0], Counter())
        cell["volume"] += 1
        cell.update(mood for mood, bit in MOOD_BITS.items() if one.labels & bit)
    return dict(sorted(found.items(), key=lambda item: -item[1]["volume"]))


def _groups(session: Session, seen: Sequence[Seen], *, compared: bool) -> dict[str, Group]:
    told = {"found": [one for one in seen if NEW in one.keys]}
    told["near"] = [one for one in seen if NEAR in one.keys and NEW not in one.keys]
    if compared:
        told["gained"] = [one for one in seen if NEW in one.keys and OLD not in one.keys]
        told["lost"] = [one for one in seen if OLD in one.keys and NEW not in one.keys]
    return {name: Group(len(held), _samples(session, held)) for name, held in told.items()}


def _samples(session: Session, held: Sequence[Seen]) -> list[Post]:
    # A reply that only its thread brings shows nothing of the query.
    held = [one for one in held if one.own] or held
    apart = max(1, len(held) // (4 * SHOWN))
    ids = [one.id for one in held[::apart]][: 4 * SHOWN]
    return fold(by_ids(session, ids))[:SHOWN]
