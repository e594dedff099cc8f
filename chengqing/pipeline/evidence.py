"""What stands behind a spike: its posts, their telling words, the reach of those who wrote them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.bags import cut, telling
from analysis.mood import VOLUME
from analysis.reason import Reason
from analysis.spikes import Spike
from chengqing.pipeline.curves import STEP
from storage.bucket import by_platform
from storage.incident import Incident
from storage.mention import MOOD_BITS, Mention, MentionTopic
from storage.topic import Topic

#: Posts read to find what a spike is about, and posts of the calm they are held against.
POSTS_READ = 400
WORDS = 20
WORDS_SAID, WORDS_KEPT, TITLE_WORDS = 5, 60, 3
CALM = timedelta(days=3)
#: Copies of one text in a burst, and their share of it, from which on two bursts that hold it are
#: one affair. What a brand's advertisers post all day is less.
COPIES, TOLD = 3, 0.1
#: A burst of minutes is read with the hour around it: too few posts tell no words.
LEAST_WINDOW = timedelta(hours=1)


def with_words(session: Session, topic: Topic, spike: Spike, calm_until: datetime) -> Spike:
    """Return the spike with the words that set its posts apart from the calm before the affair."""
    # Words of all that was said, so that the curves of one affair share them; the reason names
    # those of the spike's own mood.
    end = spike.at + STEP
    start = end - max(spike.window, LEAST_WINDOW)
    quiet = min(start, calm_until)
    calm = _texts(session, topic.id, quiet - CALM, quiet, VOLUME)
    said = _telling(topic, _texts(session, topic.id, start, end, VOLUME), calm)
    own = _telling(topic, _texts(session, topic.id, start, end, spike.mood), calm)
    why = Reason(spike.why.key, {**spike.why.values, "words": own[:WORDS_SAID]})
    places = by_platform(session, topic.id, start, end)
    if own and places:
        place = max(places, key=lambda name: places[name][spike.mood])
        why = Reason(f"{why.key}_said", {**why.values, "platform": place})
    groups = _stories(session, topic.id, start, end)
    return replace(spike, words=frozenset(said), groups=groups, why=why)


def _stories(session: Session, topic_id: int, since: datetime, until: datetime) -> frozenset[str]:
    """Return the stories whose copies make up a good part of what was said."""
    window = (
        MentionTopic.topic_id == topic_id,
        MentionTopic.published >= since,
        MentionTopic.published < until,
    )
    copies = func.count()
    wanted = select(MentionTopic.story, copies).where(*window, MentionTopic.story.is_not(None))
    found = session.execute(wanted.group_by(MentionTopic.story).having(copies >= COPIES)).all()
    said = session.scalar(select(func.count()).where(*window)) if found else 0
    return frozenset(str(story) for story, count in found if count >= TOLD * (said or 0))


def _telling(topic: Topic, burst: Sequence[str], calm: Sequence[str]) -> list[str]:
    """Return telling words; every post names the brand or its thread does, so its name is none."""
    brand = brand_words(topic)
    return [word for word in telling(burst, calm, 2 * WORDS) if word not in brand][:WORDS]


def brand_words(topic: Topic) -> frozenset[str]:
    """Return the words and pieces of words by which a topic is named: they tell nothing in it."""
    return frozenset(cut(f"{topic.name} {topic.query}"))


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


def title(topic: Topic, words: Sequence[str]) -> str | None:
    """Return a short name for an affair: the topic and what sets it apart; None says nothing."""
    return f"{topic.name}：{'、'.join(words[:TITLE_WORDS])}" if len(words) > 1 else None


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
