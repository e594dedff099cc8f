"""The share of each mood in a stretch of a topic, estimated from scores, with its interval."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.mood import Mood
from analysis.moods import ModelError, MoodModel
from analysis.quantify import Share, estimate
from dashboard.charts import FEWEST_FOR_SHARE
from dashboard.desk import Desk
from storage.bucket import by_platform
from storage.mention import MOOD_BITS, Mention, MentionTopic

log = logging.getLogger(__name__)

#: Most posts whose scores are read; of more, every so many-th, which the interval allows for.
MOST = 4_000


@dataclass(frozen=True)
class Shares:
    """Each mood's share with its 95 % interval, and how many posts it was estimated from."""

    moods: Mapping[Mood, Share]
    posts: int


def shares_of(
    session: Session, desk: Desk, topic_id: int, stretch: tuple[datetime, datetime], width: int
) -> Shares | None:
    """Return a topic's shares by the model in use; None of too few posts or without a model."""
    try:
        return estimated(session, topic_id, stretch, width, desk.house.model())
    except ModelError as error:
        log.warning("no shares: %s", error)
        return None


def estimated(
    session: Session,
    topic_id: int,
    stretch: tuple[datetime, datetime],
    width: int,
    model: MoodModel,
) -> Shares | None:
    """Return the shares of a topic's scored posts in [since, until); None of too few.

    What a person said of a post counts as certain.

    Args:
        session: a reading one.
        topic_id: the topic.
        stretch: since and until.
        width: of the stored counts to ask how many posts there are.
        model: the model in use.
    """
    volume = sum(one["volume"] for one in by_platform(session, topic_id, *stretch, width).values())
    every = max(1, -(-volume // MOST))
    wanted = (
        select(
            *(getattr(Mention, name) for name in MOOD_BITS), Mention.labels, Mention.model_labels
        )
        .join(MentionTopic, MentionTopic.mention_id == Mention.id)
        .where(MentionTopic.topic_id == topic_id, Mention.anxiety.is_not(None))
        .where(MentionTopic.published >= stretch[0], MentionTopic.published < stretch[1])
        .where(Mention.id % every == 0)
        .limit(2 * MOST)
    )
    rows = session.execute(wanted).all()
    if len(rows) < FEWEST_FOR_SHARE:
        return None
    scores = np.array([row[:4] for row in rows], np.float64)
    for at, row in enumerate(rows):
        if row.model_labels is not None:
            scores[at] = [bool(row.labels & bit) for bit in MOOD_BITS.values()]
    return Shares(estimate(scores, model), len(rows))
