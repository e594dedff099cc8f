"""A topic's share of voice against the others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from analysis.voice import Share, shares
from storage import bucket
from storage.topic import Topic


def against(
    session: Session, topics: Sequence[Topic], since: datetime, until: datetime
) -> list[tuple[Topic, Share]]:
    """Return each topic's share of what was said of all of them, most first."""
    rows = bucket.by_topic(session, bucket.floor(since, bucket.HOUR), until)
    counts = {
        str(topic.id): float(sum(row.values["volume"] for row in rows.get(topic.id, ())))
        for topic in topics
    }
    told = shares(counts)
    ranked = sorted(topics, key=lambda topic: -counts[str(topic.id)])
    return [(topic, told[str(topic.id)]) for topic in ranked]
