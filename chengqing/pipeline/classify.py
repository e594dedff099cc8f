"""Read the moods of new mentions, give them to topics, and count both in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import insert, select, tuple_, update
from sqlalchemy.orm import Session

from analysis.mood import MOODS
from analysis.moods import MoodModel
from analysis.query import Query
from storage.base import Database, alone
from storage.bucket import Tally, count
from storage.mention import MOOD_BITS, Mention, MentionTopic

#: Mentions in one transaction: small enough that no writer waits long.
BATCH = 1_000
ROOTS = ("post", "article")

Thread = tuple[str, str]
Item = TypeVar("Item")


@dataclass(frozen=True)
class Reader:
    """What judges a mention: the mood model and the watch query of each topic by its id."""

    model: MoodModel
    queries: Mapping[int, Query]


def classify(database: Database, reader: Reader, batch: int = BATCH) -> int:
    """Score and count every mention not yet scored; return how many."""
    done = 0
    while True:
        with database.begin() as session:
            alone(session)
            fresh = _unscored(session, batch)
            if fresh:
                _judge(session, fresh, reader)
        done += len(fresh)
        if len(fresh) < batch:
            return done


def _unscored(session: Session, batch: int) -> list[Mention]:
    wanted = select(Mention).where(Mention.model.is_(None)).order_by(Mention.id).limit(batch)
    return list(session.scalars(wanted.with_for_update(skip_locked=True)))


def _judge(session: Session, fresh: Sequence[Mention], reader: Reader) -> None:
    labels = _score(session, fresh, reader.model)
    direct = {mention.id: _matching(mention, reader.queries) for mention in fresh}
    inherited = _thread_topics(session, fresh, direct)
    links: dict[tuple[int, int], tuple[Mention, int]] = {}
    for mention in fresh:
        topics = direct[mention.id] | inherited.get(_thread(mention), set())
        for topic in topics:
            links[mention.id, topic] = (mention, labels[mention.id])
    for mention, topic in _late(session, fresh, direct):
        links.setdefault((mention.id, topic), (mention, mention.labels))
    _link(session, links)


def _score(session: Session, fresh: Sequence[Mention], model: MoodModel) -> dict[int, int]:
    """Write scores and labels; return the labels by mention id."""
    labels: dict[int, int] = {}
    rows = []
    for mention, read in zip(fresh, model.read([full_text(m) for m in fresh]), strict=True):
        bits = sum(MOOD_BITS[mood.value] for mood in read.labels)
        labels[mention.id] = bits
        scores = {mood.value: float(getattr(read, mood.value)) for mood in MOODS}
        rows.append({"id": mention.id, "labels": bits, "model": model.version, **scores})
    session.execute(update(Mention), rows)
    return labels


def full_text(mention: Mention) -> str:
    """Return what is judged: the title, where there is one, and the text."""
    return f"{mention.title}\n{mention.text}" if mention.title else mention.text


def _matching(mention: Mention, queries: Mapping[int, Query]) -> set[int]:
    return {
        topic
        for topic, query in queries.items()
        if query.matches(
            mention.text,
            title=mention.title or "",
            author=mention.outlet or "",
            platform=mention.platform,
            site=mention.url or "",
        )
    }


def _thread(mention: Mention) -> Thread:
    return mention.platform, mention.thread or mention.platform_id


def _thread_topics(
    session: Session, fresh: Sequence[Mention], direct: Mapping[int, set[int]]
) -> dict[Thread, set[int]]:
    """Return the topics of each thread's root: of this batch, or linked before."""
    topics: dict[Thread, set[int]] = defaultdict(set)
    for mention in fresh:
        if mention.kind in ROOTS:
            topics[_thread(mention)] |= direct[mention.id]
    threads = sorted({_thread(m) for m in fresh if m.kind not in ROOTS})
    for chunk in _chunks(threads):
        wanted = (
            select(Mention.platform, Mention.thread, MentionTopic.topic_id)
            .join(MentionTopic, MentionTopic.mention_id == Mention.id)
            .where(tuple_(Mention.platform, Mention.thread).in_(chunk), Mention.kind.in_(ROOTS))
        )
        for platform, thread, topic in session.execute(wanted):
            topics[platform, thread or ""].add(topic)
    return topics


def _late(
    session: Session, fresh: Sequence[Mention], direct: Mapping[int, set[int]]
) -> Iterable[tuple[Mention, int]]:
    """Yield replies counted before their root came, with the topics the root now brings."""
    roots = {_thread(m): direct[m.id] for m in fresh if m.kind in ROOTS and direct[m.id]}
    here = {mention.id for mention in fresh}
    for chunk in _chunks(sorted(roots)):
        wanted = select(Mention).where(
            tuple_(Mention.platform, Mention.thread).in_(chunk), Mention.model.is_not(None)
        )
        replies = [m for m in session.scalars(wanted) if m.id not in here]
        ids = [m.id for m in replies]
        known = select(MentionTopic.mention_id, MentionTopic.topic_id)
        linked = {
            tuple(row)
            for part in _chunks(ids)
            for row in session.execute(known.where(MentionTopic.mention_id.in_(part)))
        }
        for mention in replies:
            for topic in roots[_thread(mention)]:
                if (mention.id, topic) not in linked:
                    yield mention, topic


def _link(session: Session, links: Mapping[tuple[int, int], tuple[Mention, int]]) -> None:
    if not links:
        return
    session.execute(
        insert(MentionTopic),
        [
            {"mention_id": mention_id, "topic_id": topic, "published": mention.published}
            for (mention_id, topic), (mention, _) in links.items()
        ],
    )
    count(
        session,
        [
            Tally(topic, mention.platform, mention.published, labels)
            for (_, topic), (mention, labels) in links.items()
        ],
    )


def _chunks(items: Sequence[Item], size: int = 400) -> Iterable[Sequence[Item]]:
    for first in range(0, len(items), size):
        yield items[first : first + size]
