"""Taking mentions out of the counts and out of their stories, exactly."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from storage.base import alone
from storage.bucket import Tally, count
from storage.many import one_of
from storage.mention import Mention, MentionTopic
from storage.story import pass_on_keys


def forget(session: Session, ids: Collection[int]) -> None:
    """Make mentions unread: out of every count, topic and story, to be scored as if just come."""
    _take_out(session, ids)
    unread = {"model": None, "labels": 0, "model_labels": None, "story": None}
    mine = one_of(session, Mention.id, ids)
    session.connection().execute(update(Mention).where(mine).values(unread))


def remove(session: Session, ids: Collection[int]) -> int:
    """Delete mentions for good, out of every count first; return how many there were."""
    alone(session)
    _take_out(session, ids)
    mine = one_of(session, Mention.id, ids)
    return session.connection().execute(delete(Mention).where(mine)).rowcount


def expire(session: Session, before: datetime, limit: int = 1_000) -> int:
    """Remove at most ``limit`` mentions published and first seen before a moment."""
    old = select(Mention.id).where(Mention.published < before, Mention.first_seen < before)
    ids = session.scalars(old.order_by(Mention.published).limit(limit)).all()
    return remove(session, ids) if ids else 0


def relabel(session: Session, changes: Mapping[int, tuple[int, int]]) -> None:
    """Let the counts follow changed labels: by mention id, those counted and those that hold."""
    changed = {number: pair for number, pair in changes.items() if pair[0] != pair[1]}
    wanted = (
        select(MentionTopic.mention_id, MentionTopic.topic_id, Mention.platform)
        .add_columns(MentionTopic.published, MentionTopic.story)
        .join(Mention, Mention.id == MentionTopic.mention_id)
        .where(one_of(session, MentionTopic.mention_id, changed))
    )
    tallies = []
    for row in session.execute(wanted) if changed else ():
        before, after = changed[row.mention_id]
        where, copy = (row.topic_id, row.platform, row.published), row.story is not None
        tallies += [Tally(*where, before, sign=-1, copy=copy), Tally(*where, after, copy=copy)]
    count(session, tallies)


def _take_out(session: Session, ids: Collection[int]) -> None:
    count(session, [tally._replace(sign=-1) for tally in _tallies(session, ids)])
    mine = one_of(session, MentionTopic.mention_id, ids)
    session.connection().execute(delete(MentionTopic).where(mine))
    _pass_on(session, ids)


def _tallies(session: Session, ids: Collection[int]) -> list[Tally]:
    """Return what mentions are counted as, in every topic of theirs."""
    wanted = (
        select(MentionTopic.topic_id, Mention.platform, MentionTopic.published, Mention.labels)
        .add_columns(MentionTopic.story)
        .join(Mention, Mention.id == MentionTopic.mention_id)
        .where(one_of(session, MentionTopic.mention_id, ids))
    )
    return [
        Tally(topic, platform, published, labels, copy=story is not None)
        for topic, platform, published, labels, story in session.execute(wanted)
    ]


def _pass_on(session: Session, ids: Collection[int]) -> None:
    """Let the earliest copy that stays be the first of a story whose first leaves."""
    earliest = (
        select(Mention.story, func.min(Mention.id).label("heir"))
        .where(one_of(session, Mention.story, ids), ~one_of(session, Mention.id, ids))
        .group_by(Mention.story)
        .subquery()
    )
    wanted = select(earliest.c.story, Mention.id, Mention.published)
    found = session.execute(wanted.join(earliest, Mention.id == earliest.c.heir)).all()
    pass_on_keys(session, {story: (heir, at) for story, heir, at in found})
    write = session.connection().execute
    for story, heir, _ in found:
        held = _tallies(session, [heir])
        count(session, [tally._replace(sign=-1) for tally in held])
        count(session, [tally._replace(copy=False) for tally in held])
        members = select(Mention.id).where(Mention.story == story)
        write(update(MentionTopic).where(MentionTopic.mention_id.in_(members)).values(story=heir))
        write(update(MentionTopic).where(MentionTopic.mention_id == heir).values(story=None))
        write(update(Mention).where(Mention.story == story).values(story=heir))
        write(update(Mention).where(Mention.id == heir).values(story=None))
