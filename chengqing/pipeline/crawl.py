"""One visit of one source: crawled in a process of its own, taken in batch by batch, recorded."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from chengqing.clock import Clock
from crawler.outcome import VisitReport, after_intake, broken_promise
from crawler.run import run_crawl
from crawler.source import RobotsOverride, SourceSpec
from storage.base import Database
from storage.intake import Intake, accept
from storage.line import MentionLine
from storage.seal import Seal
from storage.topic import Source, Visit

#: Mentions taken in at a time: what a killed visit may lose.
BATCH = 100
#: Real seconds a visit may take.
TIME_LIMIT = 900.0


def spec_of(source: Source, allow_private: Collection[str]) -> SourceSpec:
    """Return a stored source in the form the crawler reads."""
    override = None
    if source.robots_override_by and source.robots_override_at:
        override = RobotsOverride(
            by=source.robots_override_by,
            reason=source.robots_override_reason or "-",
            at=source.robots_override_at,
        )
    return SourceSpec(
        name=source.name,
        kind=source.kind,
        url=source.url,
        robots_override=override,
        allow_private=tuple(allow_private),
        state=source.state,
        **source.options,
    )


def crawl(
    database: Database,
    source_id: int,
    seal: Seal,
    clock: Clock,
    allow_private: Collection[str] = (),
    contact: str = "",
) -> Visit:
    """Visit a source and return the finished visit; every failure is its outcome, not raised."""
    started = clock()
    with database.begin() as session:
        source = session.get_one(Source, source_id)
        _close_cut(session, source_id, started)
        visit = Visit(source_id=source_id, started=started, dropped={}, detail={})
        session.add(visit)
    taken = Intake()
    batch: list[MentionLine] = []

    def flush() -> None:
        with database.begin() as session:
            taken.add(accept(session, batch, seal, clock(), source_id))
        batch.clear()

    def keep(line: MentionLine) -> None:
        batch.append(line)
        if len(batch) >= BATCH:
            flush()

    spec = spec_of(source, allow_private)
    report = run_crawl(spec, keep, now=started, time_limit=TIME_LIMIT, contact=contact)
    flush()
    report = after_intake(report, kept=taken.kept, duplicates=taken.duplicate + taken.updated)
    with database.begin() as session:
        visit = session.get_one(Visit, visit.id)
        _record(visit, report, taken, clock())
        if broken := broken_promise(report, spec.promises.min_mentions):
            visit.detail = broken.model_dump()
        if report.state is not None:
            session.get_one(Source, source_id).state = report.state
    return visit


def _close_cut(session: Session, source_id: int, now: datetime) -> None:
    """End visits whose process was killed before it could say how they went."""
    session.execute(
        update(Visit)
        .where(Visit.source_id == source_id, Visit.outcome.is_(None))
        .values(outcome="timeout", ended=now, detail={"key": "cli.visit_cut", "values": {}})
    )


def _record(visit: Visit, report: VisitReport, taken: Intake, now: datetime) -> None:
    dropped = dict(report.dropped)
    for reason, count in taken.dropped.items():
        dropped[reason] = dropped.get(reason, 0) + count
    visit.ended = now
    visit.outcome = report.outcome.value
    visit.fetched = report.fetched
    visit.kept = taken.kept
    visit.updated = taken.updated
    visit.duplicate = taken.duplicate
    visit.dropped = dropped
    visit.capped = report.capped
    visit.detail = report.detail.model_dump() if report.detail else {}
