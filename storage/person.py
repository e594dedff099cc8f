"""People and what they may do."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base
from storage.delivery import readdress


class Role(StrEnum):
    """What a person may do; one person may hold several."""

    WATCHER = "watcher"
    OFFICER = "officer"
    AUTHOR = "author"
    PR_LEAD = "pr_lead"
    LEGAL = "legal"
    PUBLISHER = "publisher"
    OPERATOR = "operator"


class Person(Base):
    """Someone who signs in; ``epoch`` rises when every session of theirs must end."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    roles: Mapped[list[Any]] = mapped_column(default=list)
    password: Mapped[str]
    language: Mapped[str] = mapped_column(String(2), default="zh")
    #: Whether alerts are mailed to this person.
    alerted: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    epoch: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created: Mapped[datetime]

    def may(self, *roles: Role) -> bool:
        """Whether this person holds any of ``roles``."""
        return self.active and any(role.value in self.roles for role in roles)


class TakenError(Exception):
    """An address is somebody else's; the message is the address."""


def by_email(session: Session, email: str) -> Person | None:
    """Find a person by address, whatever its case."""
    return session.scalar(select(Person).where(Person.email == email.strip().lower()))


def move(session: Session, person: Person, email: str) -> None:
    """Give a person another address, and send there what the old one is still owed.

    Raises:
        TakenError: the address is somebody else's.
    """
    email = email.strip().lower()
    holder = by_email(session, email)
    if holder is not None and holder.id != person.id:
        raise TakenError(email)
    readdress(session, person.email, email)
    person.email = email


def to_alert(session: Session) -> list[Person]:
    """Return the people who get alerts by mail."""
    wanted = select(Person).where(Person.active, Person.alerted).order_by(Person.id)
    return list(session.scalars(wanted))
