"""Stored posts under several queries at once: which each answers, by itself and by its thread."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from analysis.nodes import Either, Word
from analysis.plain import folded
from analysis.query import Query
from analysis.watchlist import Watchlist
from dashboard.stored import LONGEST, fields_of, newest, roots_of
from storage.thread import ROOTS, Thread, thread_of

#: Keys of the queries asked together: the one tried, the one in force, and any of its words.
NEW, OLD, NEAR = "new", "old", "near"


@dataclass(frozen=True)
class Seen:
    """One post.

    Attributes:
        own: queries it answers by itself.
        keys: the same, and those of the root of its thread.
        words: of the counted words, those it holds; only where it answers the query tried.
    """

    id: int
    thread: Thread
    root: bool
    published: datetime
    labels: int
    own: frozenset[str]
    keys: set[str]
    words: tuple[str, ...]


def look(
    session: Session, query: Query, force: Query | None, now: datetime, how: tuple[int, int]
) -> list[Seen]:
    """Read the newest posts, newest first; ``how``: how many at most, words counted apart."""
    words = sorted(query.words())
    watch = _watch(query, words, force)
    limit, counted = how
    rows = session.execute(newest(now, LONGEST, limit).execution_options(yield_per=1_000))
    seen = [_read(row, watch, words[:counted]) for row in rows]
    _inherit(session, seen, watch)
    return seen


def _watch(query: Query, words: Collection[str], force: Query | None) -> Watchlist[str]:
    asked = {NEW: query}
    if words:
        asked[NEAR] = Query("", Either(tuple(map(Word, words))))
    if force:
        asked[OLD] = force
    return Watchlist(asked)


def _read(row: Any, watch: Watchlist[str], words: Sequence[str]) -> Seen:
    keys = set(watch.matching(**fields_of(row)))
    said: tuple[str, ...] = ()
    if NEW in keys:
        text = folded(f"{row.title or ''}\n{row.text}")
        said = tuple(word for word in words if Word(word).within(text))
    own, root = frozenset(keys), row.kind in ROOTS
    return Seen(row.id, thread_of(row), root, row.published, row.labels, own, keys, said)


def _inherit(session: Session, seen: Sequence[Seen], watch: Watchlist[str]) -> None:
    """Give replies what the root of their thread answers, as the watch does."""
    roots = {one.thread: one.own - {NEAR} for one in seen if one.root}
    for root in roots_of(session, {one.thread for one in seen if not one.root} - set(roots)):
        roots[thread_of(root)] = frozenset(watch.matching(**fields_of(root))) - {NEAR}
    for one in seen:
        if not one.root:
            one.keys.update(roots.get(one.thread, ()))
