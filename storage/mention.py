"""Mentions: one post, comment, repost or article, its moods, and the topics it belongs to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base
from storage.many import AnyRow, index_of

#: Bit of each mood in ``Mention.labels``, in the order of ``analysis.mood.MOODS``.
MOOD_BITS = {"anxiety": 1, "doubt": 2, "hostility": 4, "support": 8}


class Mention(Base):
    """One thing said in public, unique by platform and the platform's own id."""

    __tablename__ = "mention"
    __table_args__ = (
        UniqueConstraint("platform", "platform_id"),
        Index("ix_mention_thread", "platform", "thread", "kind"),
        index_of("ix_mention_story", "story", only="story IS NOT NULL"),
        index_of("ix_mention_corrected", "story", only="model_labels IS NOT NULL"),
        index_of("ix_mention_deleted", "deleted", only="deleted IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str] = mapped_column(String(200))
    platform_id: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    url: Mapped[str | None]
    parent: Mapped[str | None] = mapped_column(String(200))
    thread: Mapped[str | None] = mapped_column(String(200))
    author: Mapped[str | None] = mapped_column(String(64), index=True)
    author_kind: Mapped[str | None] = mapped_column(String(20))
    followers: Mapped[int | None] = mapped_column(BigInteger)
    outlet: Mapped[str | None] = mapped_column(String(200))
    region: Mapped[str | None] = mapped_column(String(200))
    title: Mapped[str | None]
    text: Mapped[str]
    published: Mapped[datetime] = mapped_column(index=True)
    edited: Mapped[datetime | None]
    deleted: Mapped[datetime | None]
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id", ondelete="SET NULL"))
    likes: Mapped[int | None] = mapped_column(BigInteger)
    comments: Mapped[int | None] = mapped_column(BigInteger)
    reposts: Mapped[int | None] = mapped_column(BigInteger)
    views: Mapped[int | None] = mapped_column(BigInteger)
    anxiety: Mapped[float | None]
    doubt: Mapped[float | None]
    hostility: Mapped[float | None]
    support: Mapped[float | None]
    labels: Mapped[int] = mapped_column(default=0)
    #: What the model says where a person set ``labels``; NULL means the labels are the model's own.
    model_labels: Mapped[int | None]
    #: Version of the model that made the scores; NULL means still to be scored.
    model: Mapped[str | None] = mapped_column(String(80), index=True)
    #: Id of the first mention of which this is a copy; NULL means first of its story, or alone.
    story: Mapped[int | None]

    @property
    def moods(self) -> list[str]:
        """Names of the moods this mention carries."""
        return [name for name, bit in MOOD_BITS.items() if self.labels & bit]

    @property
    def corrected(self) -> bool:
        """Whether a person set the moods."""
        return self.model_labels is not None

    @property
    def judged(self) -> str:
        """What is judged: the title, where there is one, and the text."""
        return judged(self)


class MentionTopic(Base):
    """That a mention belongs to a topic.

    ``published`` and ``story`` are copied from the mention, so that a window is one index scan.
    """

    __tablename__ = "mention_topic"
    __table_args__ = (
        Index("ix_mention_topic_window", "topic_id", "published"),
        index_of("ix_mention_topic_story", "topic_id", "published", only="story IS NOT NULL"),
    )

    mention_id: Mapped[int] = mapped_column(
        ForeignKey("mention.id", ondelete="CASCADE"), primary_key=True
    )
    topic_id: Mapped[int] = mapped_column(
        ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True
    )
    published: Mapped[datetime]
    story: Mapped[int | None]


def judged(mention: Mention | AnyRow) -> str:
    """Return what is judged of a mention: the title, where there is one, and the text."""
    return f"{mention.title}\n{mention.text}" if mention.title else str(mention.text)


def lost(session: Session, topic_id: int, since: datetime, until: datetime) -> int:
    """Return how many of a topic's mentions of [since, until) were later found deleted."""
    wanted = (
        select(func.count())
        .select_from(Mention)
        .join(MentionTopic, MentionTopic.mention_id == Mention.id)
        .where(Mention.deleted.is_not(None), MentionTopic.topic_id == topic_id)
        .where(MentionTopic.published >= since, MentionTopic.published < until)
    )
    return session.scalar(wanted) or 0


class AuthorName(Base):
    """The public name behind a pseudonym, sealed, until retention ends."""

    __tablename__ = "author_name"

    author: Mapped[str] = mapped_column(String(64), primary_key=True)
    sealed: Mapped[str]
    expires: Mapped[datetime] = mapped_column(index=True)
