"""To which topics new mentions belong: by their own words, or by the root of their thread."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.watchlist import Watchlist
from storage.many import AnyRow, one_of
from storage.mention import Mention, MentionTopic
from storage.thread import ROOTS, Thread, by_platform, thread_of

Topics = Mapping[int, Collection[int]]


def find_topics(
    session: Session, fresh: Sequence[AnyRow], watched: Watchlist[int]
) -> tuple[Topics, Topics]:
    """Return the topics of each new mention, and those that earlier replies gain by new roots.

    Both by mention id.
    """
    matched = watched.sort(
        [(m.text, m.title or "", m.outlet or "", m.platform, m.url or "") for m in fresh]
    )
    found = {mention.id: set(topics) for mention, topics in zip(fresh, matched, strict=True)}
    roots: dict[Thread, set[int]] = defaultdict(set)
    for mention in fresh:
        if mention.kind in ROOTS and found[mention.id]:
            roots[thread_of(mention)] |= found[mention.id]
    late = _late(session, roots)
    replies = [mention for mention in fresh if mention.kind not in ROOTS]
    known = _known(session, {thread_of(mention) for mention in replies}, watched)
    for mention in replies:
        thread = thread_of(mention)
        found[mention.id] |= roots.get(thread, set()) | known.get(thread, set())
    return found, late


def _known(
    session: Session, threads: Collection[Thread], watched: Watchlist[int]
) -> dict[Thread, set[int]]:
    """Return the topics that the roots of threads have; a topic put away takes nothing new."""
    topics: dict[Thread, set[int]] = defaultdict(set)
    for platform, names in by_platform(threads).items():
        wanted = (
            select(Mention.thread, MentionTopic.topic_id)
            .join(MentionTopic, MentionTopic.mention_id == Mention.id)
            .where(Mention.platform == platform, one_of(session, Mention.thread, names))
            .where(Mention.kind.in_(ROOTS))
        )
        for thread, topic in session.execute(wanted):
            if topic in watched:
                topics[platform, thread or ""].add(topic)
    return topics


def _late(session: Session, roots: Mapping[Thread, set[int]]) -> dict[int, set[int]]:
    """Return what replies that were counted before their root came gain by it."""
    gained: dict[int, set[int]] = defaultdict(set)
    for platform, names in by_platform(roots).items():
        wanted = (
            select(Mention.id, Mention.thread, MentionTopic.topic_id)
            .outerjoin(MentionTopic, MentionTopic.mention_id == Mention.id)
            .where(Mention.platform == platform, one_of(session, Mention.thread, names))
            .where(Mention.kind.not_in(ROOTS), Mention.model.is_not(None))
        )
        has: dict[tuple[int, str], set[int]] = defaultdict(set)
        for number, thread, topic in session.execute(wanted):
            has[number, thread or ""].add(topic)
        for (number, thread), topics in has.items():
            gained[number] |= roots[platform, thread] - topics
    return gained
