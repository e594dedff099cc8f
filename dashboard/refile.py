"""A topic's query applied to the posts on record: who belongs is asked anew, the counts follow."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, insert, select
from sqlalchemy.orm import Session

from analysis.query import Query, parse
from dashboard.stored import LONGEST, READ, fields_of, newest, roots_of
from dashboard.topics import note
from storage.base import Database, alone
from storage.bucket import Tally, count
from storage.incident import open_incidents
from storage.many import one_of
from storage.mention import Mention, MentionTopic
from storage.thread import ROOTS, Thread, thread_of
from storage.topic import Topic

#: Posts in one transaction: small enough that no writer waits long.
BATCH = 1_000


@dataclass
class Refiled:
    """What came of it: posts read, filed under the topic, and taken out of it."""

    read: int = 0
    gained: int = 0
    lost: int = 0


def refile(
    database: Database,
    topic_id: int,
    now: datetime,
    person_id: int | None = None,
    back: timedelta = LONGEST,
    most: int = READ,
    batch: int = BATCH,
) -> Refiled:
    """File the newest stored posts by a topic's query in force; exact, and harmless to repeat.

    A reply belongs where the root of its thread does, as ever. Links and counts of a batch land
    in one transaction; posts not scored yet are left to the scoring.

    Args:
        database: of records.
        topic_id: an archived topic is left as it is.
        now: aware.
        person_id: who asked, for the audit log.
        back: how far back posts are read.
        most: how many are read, the newest first.
        batch: how many in one transaction.
    """
    done, archived = Refiled(), False
    roots: dict[Thread, bool] = {}
    last: tuple[datetime, int] | None = None
    while done.read < most and not archived:
        with database.begin() as session:
            alone(session)
            topic = session.get_one(Topic, topic_id)
            archived = topic.archived is not None
            limit = min(batch, most - done.read)
            wanted = newest(now, back, limit, last).where(Mention.model.is_not(None))
            rows = [] if archived else session.execute(wanted).all()
            if rows:
                _file(session, topic, rows, roots, done)
                last = rows[-1].published, rows[-1].id
        done.read += len(rows)
        if len(rows) < limit:
            break
    if done.read or not archived:
        _tell(database, topic_id, now, person_id, done)
    return done


def _tell(
    database: Database, topic_id: int, now: datetime, person_id: int | None, done: Refiled
) -> None:
    """Keep on record what came of it, and let open incidents hear what came in behind them."""
    with database.begin() as session:
        told = {"read": done.read, "gained": done.gained, "lost": done.lost}
        note(session, session.get_one(Topic, topic_id), "topic_refiled", person_id, now, told)
        for incident in open_incidents(session, topic_id) if done.gained else ():
            incident.heard = 0


def _file(
    session: Session, topic: Topic, rows: Sequence[Any], roots: dict[Thread, bool], done: Refiled
) -> None:
    query = parse(topic.query)
    _learn_roots(session, query, rows, roots)
    by_id = {row.id: row for row in rows}
    want = {row.id for row in rows if query.matches(**fields_of(row)) or _by_thread(row, roots)}
    mine = and_(MentionTopic.topic_id == topic.id, one_of(session, MentionTopic.mention_id, by_id))
    have = set(session.scalars(select(MentionTopic.mention_id).where(mine)))
    gained, lost = sorted(want - have), sorted(have - want)
    links = [
        {"mention_id": n, "topic_id": topic.id}
        | {"published": by_id[n].published, "story": by_id[n].story}
        for n in gained
    ]
    if links:
        session.execute(insert(MentionTopic), links)
    gone = one_of(session, MentionTopic.mention_id, lost)
    session.execute(delete(MentionTopic).where(MentionTopic.topic_id == topic.id, gone))
    _count(session, topic.id, [by_id[n] for n in gained], 1)
    _count(session, topic.id, [by_id[n] for n in lost], -1)
    done.gained += len(gained)
    done.lost += len(lost)


def _count(session: Session, topic_id: int, rows: Collection[Any], sign: int) -> None:
    tallies = [
        Tally(topic_id, r.platform, r.published, r.labels, sign, r.story is not None) for r in rows
    ]
    count(session, tallies)


def _by_thread(row: Any, roots: dict[Thread, bool]) -> bool:
    return row.kind not in ROOTS and roots.get(thread_of(row), False)


def _learn_roots(
    session: Session, query: Query, rows: Sequence[Any], roots: dict[Thread, bool]
) -> None:
    """Note of the threads of replies whether a root of theirs answers."""
    lone = {thread_of(row) for row in rows if row.kind not in ROOTS} - set(roots)
    roots.update(dict.fromkeys(lone, False))
    for root in roots_of(session, lone):
        roots[thread_of(root)] |= query.matches(**fields_of(root))
