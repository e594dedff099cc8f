"""Posts as people read them: a topic's window, filtered, newest or loudest, copies folded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from storage.mention import MOOD_BITS, Mention, MentionTopic

#: How many posts are looked at before folding; a page shows a few dozen.
LOOKED_AT = 400


@dataclass(frozen=True)
class Filter:
    """Which posts are wanted; empty means any."""

    mood: str = ""
    platform: str = ""
    kind: str = ""
    words: str = ""


@dataclass(frozen=True)
class Post:
    """One story, however often it was told.

    Attributes:
        mention: the one shown: the first met of the copies.
        copies: how many were folded into it, itself included.
        platforms: where they stood.
        first: when the earliest of them was published.
    """

    mention: Mention
    copies: int
    platforms: tuple[str, ...]
    first: datetime


def window(topic_id: int, since: datetime, until: datetime) -> Select[Mention]:
    """Return the query for a topic's mentions in [since, until)."""
    return (
        select(Mention)
        .join(MentionTopic, MentionTopic.mention_id == Mention.id)
        .where(MentionTopic.topic_id == topic_id)
        .where(MentionTopic.published >= since, MentionTopic.published < until)
    )


def narrowed(wanted: Select[Mention], asked: Filter) -> Select[Mention]:
    """Add a filter; the words are looked for as they stand, wildcards have no power."""
    if asked.mood in MOOD_BITS:
        wanted = wanted.where(Mention.labels.op("&")(MOOD_BITS[asked.mood]) != 0)
    if asked.mood == "none":
        wanted = wanted.where(Mention.labels == 0, Mention.model.is_not(None))
    if asked.platform:
        wanted = wanted.where(Mention.platform == asked.platform)
    if asked.kind:
        wanted = wanted.where(Mention.kind == asked.kind)
    for word in asked.words.split()[:5]:
        wanted = wanted.where(Mention.text.icontains(word[:50], autoescape=True))
    return wanted


def newest(session: Session, wanted: Select[Mention], limit: int, offset: int = 0) -> list[Mention]:
    """Return mentions, latest first."""
    ordered = wanted.order_by(MentionTopic.published.desc(), Mention.id.desc())
    return list(session.scalars(ordered.limit(limit).offset(offset)))


def loudest(session: Session, wanted: Select[Mention], limit: int) -> list[Post]:
    """Return the texts with the most likes, comments and reposts together, copies folded."""
    heard = sum((func.coalesce(column, 0) for column in _COUNTS), start=func.coalesce(0, 0))
    ordered = wanted.order_by(heard.desc(), Mention.id.desc()).limit(LOOKED_AT)
    return fold(session.scalars(ordered))[:limit]


_COUNTS = (Mention.likes, Mention.comments, Mention.reposts)


def total(session: Session, wanted: Select[Mention], limit: int = 10_000) -> int:
    """Count mentions up to ``limit``: a page says "at least" beyond it."""
    inner = wanted.with_only_columns(Mention.id).order_by(None).limit(limit).subquery()
    return session.scalar(select(func.count()).select_from(inner)) or 0


def by_ids(session: Session, ids: Iterable[int]) -> list[Mention]:
    """Return mentions in the order of their ids; those since deleted are left out."""
    wanted = list(ids)[:50]
    found = {one.id: one for one in session.scalars(select(Mention).where(Mention.id.in_(wanted)))}
    return [found[one] for one in wanted if one in found]


def fold(mentions: Iterable[Mention]) -> list[Post]:
    """Put the copies of each story together, in the order in which stories are first met.

    What has not been scored yet belongs to no story and stands alone.
    """
    groups: dict[int, list[Mention]] = {}
    for mention in mentions:
        groups.setdefault(mention.story or mention.id, []).append(mention)
    return [
        Post(
            group[0],
            len(group),
            tuple(dict.fromkeys(one.platform for one in group)),
            min(one.published for one in group),
        )
        for group in groups.values()
    ]


def heard(mention: Mention) -> int | None:
    """Return likes, comments and reposts together; None when the platform shows none of them."""
    known = [n for n in (mention.likes, mention.comments, mention.reposts) if n is not None]
    return sum(known) if known else None
