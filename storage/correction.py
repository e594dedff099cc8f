"""Corrections: people saying which moods a mention carries, kept one by one, counted at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, bindparam, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.alike import same_words
from storage.base import Base, alone
from storage.many import AnyRow, write
from storage.mention import MOOD_BITS, Mention, MentionTopic
from storage.person import Person
from storage.recount import relabel

#: Most lessons read at once, the latest; what a team corrects in years.
MOST = 20_000

_LABELS = (
    update(Mention)
    .where(Mention.id == bindparam("number"))
    .values(labels=bindparam("labels"), model_labels=bindparam("model_labels"))
)


class Correction(Base):
    """One mood of one mention switched by one person; rows are only ever added.

    ``text`` is what was judged, since a mention may be edited later; ``model`` and ``own`` are the
    model that made the scores and the labels that it gave.
    """

    __tablename__ = "correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    mention_id: Mapped[int] = mapped_column(
        ForeignKey("mention.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    at: Mapped[datetime]
    text: Mapped[str]
    before: Mapped[int]
    after: Mapped[int]
    own: Mapped[int]
    model: Mapped[str] = mapped_column(String(80))


@dataclass(frozen=True)
class Lesson:
    """A text, the moods that people say it carries, and a topic it was read under (0: none)."""

    text: str
    moods: tuple[str, ...]
    topic_id: int


def set_mood(
    session: Session, mention_id: int, mood: str, carries: bool, person_id: int, now: datetime
) -> Mention | None:
    """Say that a mention carries a mood or does not, and count it so in the same transaction.

    What is said of it holds for its copies with the same words, those that are yet to come
    included (:func:`storage.alike.said_of`). Saying what already holds changes nothing; saying
    again what the model said takes a correction back. None when there is no such mention, or none
    that has been scored yet.
    """
    alone(session)
    mention = session.get(Mention, mention_id, with_for_update=True)
    if mention is None or mention.model is None:
        return None
    before, bit = mention.labels, MOOD_BITS[mood]
    after = before | bit if carries else before & ~bit
    if after == before:
        return mention
    session.add(
        Correction(
            mention_id=mention_id,
            person_id=person_id,
            at=now,
            text=mention.judged,
            before=before,
            after=after,
            own=before if mention.model_labels is None else mention.model_labels,
            model=mention.model,
        )
    )
    changes: dict[int, tuple[int, int]] = {}
    rows = []
    for number, labels, own in session.execute(same_words(mention)).all():
        changes[number] = labels, after
        own = labels if own is None else own
        rows.append((after, None if after == own else own, number))
    write(session, _LABELS, ("labels", "model_labels", "number"), rows)
    relabel(session, changes)
    session.refresh(mention)
    return mention


def told_of(session: Session, mention: Mention, limit: int) -> Sequence[AnyRow]:
    """Return the latest corrections of a mention's words, each with the name of who made it."""
    story = mention.id if mention.story is None else mention.story
    told = (
        select(Correction, Person.name)
        .join(Mention, Mention.id == Correction.mention_id)
        .outerjoin(Person, Person.id == Correction.person_id)
        .where(or_(Mention.id == story, Mention.story == story))
        .where(or_(Correction.mention_id == mention.id, Correction.text == mention.judged))
    )
    return session.execute(told.order_by(Correction.id.desc()).limit(limit)).all()


def uncorrected(session: Session, limit: int) -> list[str]:
    """Return the texts of the latest scored mentions that nobody corrected."""
    wanted = select(Mention).where(Mention.model.is_not(None), Mention.model_labels.is_(None))
    return [one.judged for one in session.scalars(wanted.order_by(Mention.id.desc()).limit(limit))]


def lessons(session: Session) -> list[Lesson]:
    """Return what people taught, oldest first: each text once, as it was last labelled.

    What was taken back is no lesson. What a later model says of itself still is: teaching begins
    with the model that did not.
    """
    topic = (
        select(func.min(MentionTopic.topic_id))
        .where(MentionTopic.mention_id == Correction.mention_id)
        .scalar_subquery()
    )
    wanted = select(Correction, topic).order_by(Correction.id.desc()).limit(MOST)
    last: dict[str, tuple[Correction, int | None]] = {}
    said: dict[str, set[int]] = {}
    for row, topic_id in session.execute(wanted):
        last.setdefault(row.text, (row, topic_id))
        said.setdefault(row.text, set()).add(row.own)
    return [
        Lesson(text, tuple(m for m, bit in MOOD_BITS.items() if row.after & bit), topic_id or 0)
        for text, (row, topic_id) in reversed(last.items())
        if said[text] != {row.after}
    ]
