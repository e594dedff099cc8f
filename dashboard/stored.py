"""Posts on record as the watch reads them, newest first, with the roots of their threads."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, or_, select, tuple_
from sqlalchemy.orm import Session

from storage.mention import Mention
from storage.thread import ROOTS, Thread

#: How far back a query is tried and applied, and how many posts are read at most.
LONGEST, READ = timedelta(days=30), 20_000
#: A clock of a platform may be ahead of ours.
SKEW = timedelta(minutes=10)
COLUMNS = (
    Mention.id,
    Mention.platform,
    Mention.platform_id,
    Mention.thread,
    Mention.kind,
    Mention.text,
    Mention.title,
    Mention.outlet,
    Mention.url,
    Mention.published,
    Mention.labels,
    Mention.story,
)


def newest(
    now: datetime, back: timedelta, limit: int, last: tuple[datetime, int] | None = None
) -> Select[*tuple[Any, ...]]:
    """Return the query for the newest posts; ``last`` (time and id) goes on behind a post."""
    wanted = select(*COLUMNS).where(Mention.published > now - back, Mention.published <= now + SKEW)
    if last:
        at, number = last
        earlier = and_(Mention.published == at, Mention.id < number)
        wanted = wanted.where(or_(Mention.published < at, earlier))
    return wanted.order_by(Mention.published.desc(), Mention.id.desc()).limit(limit)


def fields_of(row: Any) -> dict[str, str]:
    """Return what a query reads of a post."""
    return {
        "text": row.text,
        "title": row.title or "",
        "author": row.outlet or "",
        "platform": row.platform,
        "site": row.url or "",
    }


def roots_of(session: Session, threads: Collection[Thread]) -> Iterator[Any]:
    """Yield the posts that begin threads."""
    wanted = sorted(threads)
    for first in range(0, len(wanted), 400):
        part = tuple_(Mention.platform, Mention.thread).in_(wanted[first : first + 400])
        yield from session.execute(select(*COLUMNS).where(part, Mention.kind.in_(ROOTS)))
