"""The release half: facts with evidence, statements, what binds them, and who agreed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base


class ReleaseState(StrEnum):
    """Where a release stands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    PUBLISHED = "published"
    REJECTED = "rejected"


class FactKind(StrEnum):
    """What a fact says: what is so, what was done about it, or what the public can do."""

    FINDING = "finding"
    ACTION = "action"
    ADVICE = "advice"


class Fact(Base):
    """One thing known to be so: entered by one person, verified by another, owned by a third."""

    __tablename__ = "fact"

    id: Mapped[int] = mapped_column(primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20), default=FactKind.FINDING.value)
    statement: Mapped[str]
    source: Mapped[str]
    #: Whole words by which a fact is found to answer a concern.
    words: Mapped[list[Any]] = mapped_column(default=list)
    valid_until: Mapped[datetime | None]
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered: Mapped[datetime]
    verified_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    verified: Mapped[datetime | None]
    revoked: Mapped[datetime | None]

    def usable(self, now: datetime) -> bool:
        """Whether a release may rest on it: verified by another, not expired, not revoked."""
        return (
            self.verified_by is not None
            and self.verified_by != self.entered_by
            and self.revoked is None
            and (self.valid_until is None or self.valid_until > now)
        )


class Evidence(Base):
    """What a fact rests on: an address or a file by its hash."""

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id", ondelete="CASCADE"), index=True)
    url: Mapped[str | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str]


class Release(Base):
    """One statement; ``content`` is its structured text and ``digest`` the hash people sign."""

    __tablename__ = "release"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    #: The identity under which every feed knows it, whatever the address becomes.
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    incident_id: Mapped[int | None] = mapped_column(
        ForeignKey("incident.id", ondelete="SET NULL"), index=True
    )
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"))
    kind: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(20), index=True)
    headline: Mapped[str] = mapped_column(String(500))
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: Ids of everyone whose words are in it, the author first: none of them may agree for others.
    writers: Mapped[list[Any]] = mapped_column(default=list)
    #: Findings put aside by a person: ``{finding id: {"reason", "person_id", "at"}}``.
    waivers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created: Mapped[datetime]
    updated: Mapped[datetime]
    published: Mapped[datetime | None] = mapped_column(index=True)


class Claim(Base):
    """That a sentence of a release rests on a fact."""

    __tablename__ = "claim"

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int] = mapped_column(
        ForeignKey("release.id", ondelete="CASCADE"), index=True
    )
    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id"), index=True)
    sentence: Mapped[str]


class Answer(Base):
    """How a release treats a concern: answered, partly, unknown or declined."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("release_id", "concern_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int] = mapped_column(
        ForeignKey("release.id", ondelete="CASCADE"), index=True
    )
    concern_id: Mapped[int] = mapped_column(ForeignKey("concern.id", ondelete="CASCADE"))
    status: Mapped[str] = mapped_column(String(20))


class Approval(Base):
    """One person's word on one exact text: void when the digest no longer fits."""

    __tablename__ = "approval"

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int] = mapped_column(
        ForeignKey("release.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: The capacity in which the person signs: a role, or ``fact:<id>`` for a fact's owner.
    capacity: Mapped[str] = mapped_column(String(40))
    digest: Mapped[str] = mapped_column(String(64))
    decision: Mapped[str] = mapped_column(String(20))
    comment: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    #: Set once the text has moved on, so that a text that comes back does not revive a word.
    voided: Mapped[datetime | None]


class Step(Base):
    """One line of the audit log: append-only, each with the hash of the one before."""

    __tablename__ = "step"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(40), index=True)
    subject_id: Mapped[int] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class Counter(Base):
    """The last number given in a series."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int]


def next_in(session: Session, name: str) -> int:
    """Count a series up by one and return it; two callers never get the same number.

    The row stays locked until the caller's transaction ends, so a rollback leaves no gap.
    """
    sqlite_here = session.get_bind().dialect.name == "sqlite"
    insert = (sqlite.insert if sqlite_here else postgresql.insert)(Counter)
    statement = insert.values(name=name, value=1).on_conflict_do_update(
        index_elements=["name"], set_={"value": Counter.value + 1}
    )
    return session.execute(statement.returning(Counter.value)).scalar_one()


def by_number(session: Session, number: str) -> Release | None:
    """Return the release the public may read under ``number``."""
    wanted = select(Release).where(Release.number == number, Release.published.is_not(None))
    return session.scalar(wanted)


def published(session: Session, limit: int = 50) -> list[Release]:
    """Return what the public may read, newest first."""
    wanted = select(Release).where(Release.published.is_not(None))
    return list(
        session.scalars(wanted.order_by(Release.published.desc(), Release.id.desc()).limit(limit))
    )
