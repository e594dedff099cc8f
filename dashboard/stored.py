"""Posts on record as the watch reads them, newest first, with the roots of their threads."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from storage.many import one_of
from storage.mention import Mention
from storage.thread import ROOTS, Thread, by_platform

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
    # One plain bound, from which the index starts: behind a choice all that was read before would
    # be passed over again.
    until = last[0] if last else now + SKEW
    wanted = select(*COLUMNS).where(Mention.published > now - back, Mention.published <= until)
    if last:
        wanted = wanted.where(or_(Mention.published < until, Mention.id < last[1]))
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
    # A platform at a time: SQLite looks pairs up in no index, it reads the whole of one.
    for platform, numbers in by_platform(threads).items():
        here = Mention.platform == platform, one_of(session, Mention.thread, numbers)
        yield from session.execute(select(*COLUMNS).where(*here, Mention.kind.in_(ROOTS)))
