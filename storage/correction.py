"""Corrections: people saying which moods a mention carries, kept one by one, counted at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, alone
from storage.bucket import Tally, count
from storage.mention import MOOD_BITS, Mention, MentionTopic

#: Most lessons read at once, the latest; what a team corrects in years.
MOST = 20_000


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

    Saying what already holds changes nothing; saying again what the model said takes a correction
    back. None when there is no such mention, or none that has been scored yet.
    """
    alone(session)
    mention = session.get(Mention, mention_id, with_for_update=True)
    if mention is None or mention.model is None:
        return None
    before, bit = mention.labels, MOOD_BITS[mood]
    after = before | bit if carries else before & ~bit
    if after == before:
        return mention
    own = before if mention.model_labels is None else mention.model_labels
    mention.labels, mention.model_labels = after, None if after == own else own
    session.add(
        Correction(
            mention_id=mention_id,
            person_id=person_id,
            at=now,
            text=mention.judged,
            before=before,
            after=after,
            own=own,
            model=mention.model,
        )
    )
    _recount(session, mention, before)
    return mention


def _recount(session: Session, mention: Mention, before: int) -> None:
    links = select(MentionTopic).where(MentionTopic.mention_id == mention.id)
    tallies = []
    for link in session.scalars(links):
        where, copy = (link.topic_id, mention.platform, link.published), link.story is not None
        tallies += [
            Tally(*where, before, sign=-1, copy=copy),
            Tally(*where, mention.labels, copy=copy),
        ]
    count(session, tallies)


def uncorrected(session: Session, limit: int) -> list[str]:
    """Return the texts of the latest scored mentions that nobody corrected."""
    wanted = select(Mention).where(Mention.model.is_not(None), Mention.model_labels.is_(None))
    return [one.judged for one in session.scalars(wanted.order_by(Mention.id.desc()).limit(limit))]


def lessons(session: Session) -> list[Lesson]:
    """Return what people taught, oldest first: each text once, as it was last labelled.

    What was taken back is no lesson.
    """
    topic = (
        select(func.min(MentionTopic.topic_id))
        .where(MentionTopic.mention_id == Correction.mention_id)
        .scalar_subquery()
    )
    wanted = select(Correction, topic).order_by(Correction.id.desc()).limit(MOST)
    last: dict[str, tuple[Correction, int | None]] = {}
    for row, topic_id in session.execute(wanted):
        last.setdefault(row.text, (row, topic_id))
    return [
        Lesson(text, tuple(m for m, bit in MOOD_BITS.items() if row.after & bit), topic_id or 0)
        for text, (row, topic_id) in reversed(last.items())
        if row.after != row.own
    ]
