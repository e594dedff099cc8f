"""Read the moods of new mentions, give them to topics, and count both in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from sqlalchemy import Integer, bindparam, cast, insert, select, update
from sqlalchemy.orm import Session

from analysis.mood import MOODS
from analysis.moods import MoodModel
from analysis.query import Query
from analysis.watchlist import Watchlist
from chengqing.pipeline.stories import find_stories
from chengqing.pipeline.topics import find_topics
from storage.alike import said_of
from storage.base import Database, alone
from storage.bucket import Tally, count
from storage.many import AnyRow, one_of, write
from storage.mention import MOOD_BITS, Mention, MentionTopic, judged
from storage.recount import relabel

#: Mentions in one transaction: small enough that no writer waits long.
BATCH = 2_000
_BITS = {mood: MOOD_BITS[mood.value] for mood in MOODS}
#: What judging and counting need of a mention.
READ = (
    Mention.id,
    Mention.platform,
    Mention.platform_id,
    Mention.kind,
    Mention.thread,
    Mention.url,
    Mention.outlet,
    Mention.title,
    Mention.text,
    Mention.published,
    Mention.labels,
    Mention.model_labels,
)


_ONE = update(Mention).where(Mention.id == bindparam("number"))
_SCORES = (*MOOD_BITS, "labels", "model_labels", "model")
_SCORED = _ONE.values({name: bindparam(name) for name in _SCORES})
_COPY = _ONE.values(story=bindparam("first"))
_LINK = insert(MentionTopic).from_select(
    ["mention_id", "topic_id", "published", "story"],
    select(Mention.id, cast(bindparam("topic"), Integer), Mention.published, Mention.story).where(
        Mention.id == bindparam("number")
    ),
)


@dataclass(frozen=True)
class Reader:
    """What judges a mention: the mood model and the watch query of each topic by its id."""

    model: MoodModel
    queries: Mapping[int, Query]

    @cached_property
    def topics(self) -> Watchlist[int]:
        """The queries, to be asked together."""
        return Watchlist(self.queries)


def classify(database: Database, reader: Reader, batch: int = BATCH) -> int:
    """Score, fold and count every mention not yet scored; return how many."""
    done = 0
    while True:
        read = classify_some(database, reader, batch)
        done += read
        if read < batch:
            return done


def classify_some(database: Database, reader: Reader, batch: int = BATCH) -> int:
    """Do one transaction of what :func:`classify` does; fewer than ``batch`` were the last."""
    with database.begin() as session:
        alone(session)
        wanted = select(*READ).where(Mention.model.is_(None)).order_by(Mention.id).limit(batch)
        fresh = session.execute(wanted).all()
        if fresh:
            _judge(session, fresh, reader)
    return len(fresh)


def rescore(
    database: Database,
    reader: Reader,
    batch: int = BATCH,
    told: Callable[[int], None] = lambda done: None,
) -> int:
    """Score again what another version of the model scored; return how many, telling so far.

    Topics, stories and what people corrected stay; the counts change with the labels, batch by
    batch, each in one transaction: killed, it goes on where it stopped.
    """
    done, last = 0, 0
    while True:
        with database.begin() as session:
            alone(session)
            other = select(*READ).where(Mention.model != reader.model.version, Mention.id > last)
            found = session.execute(other.order_by(Mention.id).limit(batch)).all()
            if not found:
                return done
            labels = _score(session, found, reader.model)
            relabel(session, {row.id: (row.labels, labels[row.id]) for row in found})
        done, last = done + len(found), found[-1].id
        told(done)


def _judge(session: Session, fresh: Sequence[AnyRow], reader: Reader) -> None:
    stories = find_stories(session, fresh)
    # Before the scores are written: what has a model counts as an earlier reply.
    found, late = find_topics(session, fresh, reader.topics)
    labels = _score(session, fresh, reader.model, said_of(session, fresh, stories))
    write(session, _COPY, ("number", "first"), [*stories.items()])
    links = [
        (m.id, Tally(topic, m.platform, m.published, labels[m.id], copy=m.id in stories))
        for m in fresh
        for topic in found[m.id]
    ]
    mine = select(*READ, Mention.story).where(one_of(session, Mention.id, late))
    links += [
        (m.id, Tally(topic, m.platform, m.published, m.labels, copy=m.story is not None))
        for m in (session.execute(mine) if late else ())
        for topic in late[m.id]
    ]
    _link(session, links)


def _score(
    session: Session,
    mentions: Sequence[AnyRow],
    model: MoodModel,
    said: Mapping[int, int] = MappingProxyType({}),
) -> dict[int, int]:
    """Write scores and labels; return the labels by mention id.

    ``said`` is what people said of the words of some, by mention id.
    """
    labels: dict[int, int] = {}
    rows = []
    reads = model.read([judged(mention) for mention in mentions])
    for mention, read in zip(mentions, reads, strict=True):
        bits = sum(_BITS[mood] for mood in read.labels)
        # What a person said stays; the model's word is kept beside it.
        held = None if mention.model_labels is None else mention.labels
        held = said.get(mention.id, held)
        labels[mention.id] = bits if held is None else held
        scores = read.anxiety, read.doubt, read.hostility, read.support
        own = None if held is None else bits
        rows.append((*scores, labels[mention.id], own, model.version, mention.id))
    write(session, _SCORED, (*_SCORES, "number"), rows)
    return labels


def _link(session: Session, links: Sequence[tuple[int, Tally]]) -> None:
    """Give scored mentions to topics, and count them there."""
    rows = [(tally.topic_id, mention_id) for mention_id, tally in links]
    write(session, _LINK, ("topic", "number"), rows)
    count(session, [tally for _, tally in links])
