"""Which posts carry what a release of ours said before them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.copies import carries
from storage.mention import Mention, MentionTopic

#: Posts held against our releases, the newest first, and how many characters of each.
TEXTS, TEXT = 6_000, 4_000


def carried(
    session: Session,
    topic_id: int,
    since: datetime,
    until: datetime,
    ours: Sequence[tuple[datetime, str]],
) -> set[int]:
    """Return the posts that carry what a release said before them."""
    if not ours:
        return set()
    first = max(since, min(at for at, _ in ours))
    wanted = (
        select(Mention.id, MentionTopic.published, func.substr(Mention.text, 1, TEXT))
        .join(MentionTopic, MentionTopic.mention_id == Mention.id)
        .where(MentionTopic.topic_id == topic_id)
        .where(MentionTopic.published >= first, MentionTopic.published < until)
        .order_by(MentionTopic.published.desc())
        .limit(TEXTS)
    )
    rows = session.execute(wanted).all()
    found: set[int] = set()
    for at, text in ours:
        after = [row for row in rows if row[1] >= at]
        hits = np.flatnonzero(carries([row[2] for row in after], text))
        found |= {after[place][0] for place in hits.tolist()}
    return found
