"""What stands behind a spike: its posts, their telling words, the reach of those who wrote them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from analysis.explain import setting_apart
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.mood import VOLUME
from analysis.reason import Reason
from analysis.spikes import Spike
from storage.incident import Incident
from storage.mention import MOOD_BITS, Mention, MentionTopic
from storage.topic import Topic

#: Posts read to find what a spike is about, and posts of the calm they are held against.
POSTS_READ = 400
WORDS = 8
WORDS_KEPT = 40
TITLE_WORDS = 3
CALM = timedelta(days=3)


def with_words(session: Session, topic_id: int, spike: Spike) -> Spike:
    """Return the spike with the words that set its posts apart from the calm before."""
    end = spike.at + max(spike.window, timedelta(minutes=5))
    start = end - spike.window
    burst = _texts(session, topic_id, start, end, spike.mood)
    calm = _texts(session, topic_id, start - CALM, start, VOLUME)
    words = [word for word, _ in setting_apart(burst, calm, WORDS)]
    why = Reason(spike.why.key, {**spike.why.values, "words": words[:5]})
    return replace(spike, words=frozenset(words), why=why)


def _texts(
    session: Session, topic_id: int, since: datetime, until: datetime, mood: str
) -> list[str]:
    wanted = (
        select(Mention.text)
        .join(MentionTopic, MentionTopic.mention_id == Mention.id)
        .where(MentionTopic.topic_id == topic_id)
        .where(MentionTopic.published >= since, MentionTopic.published < until)
        .order_by(MentionTopic.published.desc())
        .limit(POSTS_READ)
    )
    if mood in MOOD_BITS:
        wanted = wanted.where(Mention.labels.op("&")(MOOD_BITS[mood]) != 0)
    return list(session.scalars(wanted))


def title(topic: Topic, words: list[str]) -> str:
    """Return a short name for an affair: the topic and what sets it apart."""
    telling = [word for word in words if word not in topic.name][:TITLE_WORDS]
    return f"{topic.name}：{'、'.join(telling)}" if telling else topic.name


def reach(session: Session, incident: Incident, now: datetime) -> float | None:
    """Return the followers of all who wrote in an affair, each once; None when none is known."""
    each = (
        select(func.max(Mention.followers).label("followers"))
        .join(MentionTopic, MentionTopic.mention_id == Mention.id)
        .where(MentionTopic.topic_id == incident.topic_id)
        .where(MentionTopic.published >= incident.opened - timedelta(hours=6))
        .where(MentionTopic.published <= now, Mention.followers.is_not(None))
        .group_by(Mention.author)
        .subquery()
    )
    total = session.scalar(select(func.sum(each.c.followers)))
    return None if total is None else float(total)
