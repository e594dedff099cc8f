"""Stories: one text and its copies, across platforms, told apart by the first of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, delete, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base
from storage.many import one_of, upsert
from storage.mention import Mention, MentionTopic

#: A copy is looked for among the stories that began at most so long before or after it.
MEMORY = timedelta(days=7)


class FoldKey(Base):
    """Which story a band key (``analysis.fold``) leads to: the latest that has it.

    No foreign key: a key may outlive its mention for a while, and then leads nowhere.
    """

    __tablename__ = "fold_key"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    mention_id: Mapped[int]
    #: When the story's first mention was published, in epoch seconds.
    published: Mapped[int] = mapped_column(BigInteger)


def keys_held(session: Session, keys: Collection[int]) -> dict[int, int]:
    """Return the id of the mention that each known key leads to."""
    if not keys:
        return {}
    wanted = select(FoldKey.key, FoldKey.mention_id).where(one_of(session, FoldKey.key, keys))
    return {row[0]: row[1] for row in session.execute(wanted)}


def hold_keys(session: Session, leads: Mapping[int, tuple[int, int]]) -> None:
    """Let each key lead to a new story: its mention, and the epoch second of its publication."""
    # In the order of the keys, which is that of the clustered index.
    held = [(key, *leads[key]) for key in sorted(leads)]
    upsert(session, FoldKey, ("key",), ("mention_id", "published"), held)


def pass_on_keys(session: Session, heirs: Mapping[int, tuple[int, datetime]]) -> None:
    """Let what led to a first that leaves lead to its heir: by its id, theirs and when published.

    One pass over the table for all of them, since no index finds keys by mention.
    """
    if not heirs:
        return
    mine = one_of(session, FoldKey.mention_id, heirs)
    rows = session.execute(select(FoldKey.key, FoldKey.mention_id).where(mine)).all()
    named = {old: (heir, int(at.timestamp())) for old, (heir, at) in heirs.items()}
    hold_keys(session, {key: named[old] for key, old in rows})


def forget_keys(session: Session, now: datetime) -> None:
    """Drop the keys of stories that no new mention can join any more."""
    before = int((now - MEMORY).timestamp())
    session.execute(delete(FoldKey).where(FoldKey.published < before))


@dataclass(frozen=True)
class Story:
    """One text and its copies in a topic's window.

    Attributes:
        id: names the story: the mention that began it, of this window or before.
        first: the earliest mention of the window.
        count: mentions in the window, the first included.
        known: those of them whose author is known.
        authors: known different authors.
        platforms: where it stands, in alphabetic order.
        begun, last: when the earliest and the latest were published.
    """

    id: int
    first: Mention
    count: int
    known: int
    authors: int
    platforms: tuple[str, ...]
    begun: datetime
    last: datetime

    @property
    def span(self) -> timedelta:
        """From the first to the last."""
        return self.last - self.begun


def stories(
    session: Session, topic_id: int, since: datetime, until: datetime, limit: int = 10
) -> list[Story]:
    """Return the stories with most copies in a topic's window [since, until), largest first.

    Whether a story is a flood tells ``analysis.copies.is_flood(story.known, story.authors)``.
    """
    window = and_(
        MentionTopic.topic_id == topic_id,
        MentionTopic.published >= since,
        MentionTopic.published < until,
    )
    largest = (
        select(MentionTopic.story)
        .where(window, MentionTopic.story.is_not(None))
        .group_by(MentionTopic.story)
        .order_by(func.count().desc(), MentionTopic.story)
        .limit(limit)
    )
    numbers = [number for number in session.scalars(largest) if number is not None]
    found = [_story(session, number, window) for number in numbers]
    return sorted((one for one in found if one.count > 1), key=lambda one: (-one.count, one.id))


def _story(session: Session, number: int, window: ColumnElement[bool]) -> Story:
    def of(*columns: Any) -> Select[Any]:
        members = select(*columns).join(MentionTopic, MentionTopic.mention_id == Mention.id)
        return members.where(or_(Mention.id == number, Mention.story == number), window)

    authors = func.count(Mention.author.distinct())
    times = func.min(Mention.published), func.max(Mention.published)
    sums = session.execute(of(func.count(), func.count(Mention.author), authors, *times)).one()
    first = session.scalars(of(Mention).order_by(Mention.published, Mention.id).limit(1)).one()
    platforms = session.scalars(of(Mention.platform).distinct())
    count, known, hands, begun, last = sums
    return Story(number, first, count, known, hands, tuple(sorted(platforms)), begun, last)
