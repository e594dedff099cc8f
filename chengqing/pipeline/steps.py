"""The work of the watch by name; each can be run alone and again."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete

from alerts.digest import put_digest
from alerts.tell import Context, tell_blind
from analysis.query import parse
from chengqing.pipeline.classify import BATCH, Reader, classify_some
from chengqing.pipeline.crawl import crawl
from chengqing.pipeline.detect import Looks, detect
from chengqing.schedule import Work
from chengqing.wiring import Works
from delivery.outbox import send_due
from storage.delivery import forget_sent
from storage.intake import RETENTION
from storage.mention import AuthorName
from storage.person import to_alert
from storage.recount import expire
from storage.schedule import Schedule
from storage.story import forget_keys
from storage.topic import forget_visits, live_topics

log = logging.getLogger(__name__)


def steps_of(works: Works) -> Mapping[str, Work]:
    """Return what each schedule row's ``work`` does."""
    looks = Looks()
    return {
        "crawl": lambda row: _crawl(works, row),
        "score": lambda row: score(works),
        "detect": lambda row: find(works, looks),
        "send": lambda row: send(works),
        "digest": lambda row: digest(works),
        "purge": lambda row: purge(works),
    }


def context_of(works: Works) -> Context:
    """Return what the alerts need to know of this installation."""
    return Context(works.zone, works.settings.address, owed=works.settings.owed)


def reader_of(works: Works) -> Reader:
    """Return the model and the queries as they stand now."""
    with works.database.read() as session:
        queries = {topic.id: parse(topic.query) for topic in live_topics(session)}
    return Reader(works.model, queries)


def score(works: Works) -> int:
    """Read the moods of what is new, each batch by the model and the queries of that moment."""
    done = read = classify_some(works.database, reader_of(works))
    while read == BATCH:
        read = classify_some(works.database, reader_of(works))
        done += read
    if done:
        log.info("scored %d mentions", done)
    return done


def find(works: Works, looks: Looks | None = None) -> int:
    """Look for spikes, and tell people what changed."""
    found = detect(works.database, works.clock(), context_of(works), looks=looks)
    if found:
        log.info("%d new spikes", found)
    return found


def send(works: Works) -> int:
    """Send what is due; return how many left."""
    report = send_due(works.database, works.clock, works.senders)
    if report.sent or report.retried or report.failed:
        log.info(
            "mail: %d sent, %d again later, %d failed", report.sent, report.retried, report.failed
        )
    return report.sent


def digest(works: Works) -> None:
    """Put the day's digest into the outbox."""
    with works.database.begin() as session:
        put_digest(session, to_alert(session), works.clock(), context_of(works))


def purge(works: Works) -> None:
    """Forget what has had its time: names, visits, mails, keys of stories; mentions where set."""
    now, keep = works.clock(), works.settings.keep_days
    with works.database.begin() as session:
        session.execute(delete(AuthorName).where(AuthorName.expires <= now))
        forget_keys(session, now)
        forget_visits(session, now - RETENTION)
        forget_sent(session, now - RETENTION)
    gone = bool(keep)
    while keep and gone:
        with works.database.begin() as session:
            gone = bool(expire(session, now - timedelta(days=keep)))


def visit(works: Works, source_id: int) -> str | None:
    """Crawl one source, tell people if it went blind, and return the outcome."""
    settings = works.settings
    done = crawl(
        works.database, source_id, works.seal, works.clock, settings.allow_private, settings.contact
    )
    with works.database.begin() as session:
        tell_blind(session, works.clock(), context_of(works))
    log.info("visit of source %d: %s, %d kept", source_id, done.outcome, done.kept)
    return done.outcome


def _crawl(works: Works, row: Schedule) -> None:
    if row.source_id is not None:
        visit(works, row.source_id)
