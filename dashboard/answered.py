"""Whether what a release answered is asked less, held against what it did not answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.asked import speaks_of
from analysis.effect import Effect, effect
from analysis.series import from_rows
from storage import bucket
from storage.incident import Concern
from storage.mention import Mention, MentionTopic
from storage.release import Answer, Release

#: Posts read, the newest first; where there are more, the past that is judged is shorter.
POSTS = 12_000
ANSWERED = ("answered", "partly")


def answered(
    session: Session, release: Release, window: timedelta, step: timedelta, begun: datetime
) -> Effect | None:
    """Compare the talk of answered concerns with that of the others, both of one affair.

    Args:
        session: to read in.
        release: published.
        window: what is compared before and after it.
        step: width of the buckets.
        begun: where the past that is read begins.

    Returns:
        None where the release answered no concern or every one: then nothing is left to hold
        against.
    """
    released = release.published
    concerns = list(
        session.scalars(
            select(Concern)
            .where(Concern.incident_id == release.incident_id)
            .order_by(Concern.size.desc(), Concern.id)
        )
    )
    told = select(Answer.concern_id).where(Answer.release_id == release.id)
    done = set(session.scalars(told.where(Answer.status.in_(ANSWERED))))
    mine = [concern.id in done for concern in concerns]
    if released is None or all(mine) or not any(mine):
        return None
    end = bucket.floor(released + window, int(step.total_seconds())) + step
    posts = _posts(session, release.topic_id, begun, end)
    start = bucket.floor(posts[0][0] if len(posts) == POSTS else begun, bucket.HOUR)
    about = speaks_of([text for _, text in posts], [concern.words for concern in concerns])
    sides: tuple[list[tuple[float, float]], list[tuple[float, float]]] = ([], [])
    for (at, _), number in zip(posts, about.tolist(), strict=True):
        if number >= 0:
            sides[0 if mine[number] else 1].append((at.timestamp(), 1.0))
    curve, control = (from_rows(side, start, end, step) for side in sides)
    return effect(curve, released, control, window)


def _posts(
    session: Session, topic_id: int, since: datetime, until: datetime
) -> list[tuple[datetime, str]]:
    """Return a topic's posts in [since, until), oldest first."""
    wanted = (
        select(MentionTopic.published, Mention.text)
        .join(Mention, Mention.id == MentionTopic.mention_id)
        .where(MentionTopic.topic_id == topic_id)
        .where(MentionTopic.published >= since, MentionTopic.published < until)
        .order_by(MentionTopic.published.desc())
        .limit(POSTS)
    )
    return [(at, text) for at, text in session.execute(wanted)][::-1]
