"""Who fills the talk of an affair, window by window."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from analysis.voice import Share, Voice, shares, voice
from dashboard.carried import carried
from storage import bucket
from storage.mention import MOOD_BITS, Mention, MentionTopic

#: Widths of a window in minutes; the narrowest that makes at most :data:`MOST` is taken.
WIDTHS = (15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 10_080)
MOST = 8
#: Posts read, the newest first.
READ = 20_000
#: Below so many posts a window's shares say nothing.
FEWEST = 5


@dataclass(frozen=True)
class Window:
    """One window: its posts and each voice's share; ``shares`` is empty where too few spoke."""

    since: datetime
    until: datetime
    posts: int
    shares: Mapping[str, Share]


@dataclass(frozen=True)
class Voices:
    """An affair's share of voice.

    Attributes:
        windows: oldest first.
        whole: all of it together.
        capped: whether more posts were said than were read, so that the earliest are missing.
        released: whether a release of ours could be carried at all.
    """

    windows: list[Window]
    whole: Window
    capped: bool
    released: bool


def voices(
    session: Session,
    topic_id: int,
    since: datetime,
    until: datetime,
    ours: Sequence[tuple[datetime, str]],
) -> Voices:
    """Return who fills the talk of a topic in [since, until).

    Args:
        session: of a read.
        topic_id: the affair's topic.
        since: aware.
        until: aware.
        ours: when each release of ours was published, and its text.
    """
    posts = _posts(session, topic_id, since, until)
    theirs = carried(session, topic_id, since, until, ours)
    told = [(row.published, _voice(row.labels, row.id in theirs)) for row in posts]
    capped = len(posts) == READ
    if capped:
        since = told[-1][0]
    edges = _edges(since, until)
    windows = [
        _window(begun, end, [what for at, what in told if begun <= at < end])
        for begun, end in pairwise(edges)
    ]
    whole = _window(since, until, [what for _, what in told])
    return Voices(windows, whole, capped, bool(ours))


def _posts(
    session: Session, topic_id: int, since: datetime, until: datetime
) -> Sequence[Row[int, datetime, int]]:
    wanted = (
        select(Mention.id, MentionTopic.published, Mention.labels)
        .join(MentionTopic, MentionTopic.mention_id == Mention.id)
        .where(MentionTopic.topic_id == topic_id, Mention.model.is_not(None))
        .where(MentionTopic.published >= since, MentionTopic.published < until)
        .order_by(MentionTopic.published.desc())
        .limit(READ)
    )
    return session.execute(wanted).all()


def _voice(labels: int, ours: bool) -> Voice:
    return voice([mood for mood, bit in MOOD_BITS.items() if labels & bit], ours)


def _edges(since: datetime, until: datetime) -> list[datetime]:
    """Cut a stretch at whole widths; slivers at its ends go to their neighbours."""
    widths = [timedelta(minutes=minutes) for minutes in WIDTHS]
    span = until - since
    width = next((one for one in widths if span <= MOST * one), max(widths[-1], span / MOST))
    edges, at = [since], bucket.floor(since, int(width.total_seconds())) + width
    while at < until:
        if at - edges[-1] >= width / 4 and until - at >= width / 4:
            edges.append(at)
        at += width
    return [*edges, until]


def _window(since: datetime, until: datetime, told: Iterable[Voice]) -> Window:
    counts = Counter(told)
    posts = counts.total()
    each = {one.value: counts[one] for one in Voice}
    return Window(since, until, posts, shares(each) if posts >= FEWEST else {})
