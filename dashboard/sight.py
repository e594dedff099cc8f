"""Which sources see, and which are blind: the last visit of each and what it means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from alerts.sight import BLIND_AFTER, SEES
from storage.topic import Source, Visit, last_visits


@dataclass(frozen=True)
class Sight:
    """One source and its latest visits, newest first; a running one comes with no outcome."""

    source: Source
    visits: list[Visit]

    @property
    def last(self) -> Visit | None:
        """The latest visit that has ended."""
        return next((one for one in self.visits if one.outcome), None)

    @property
    def state(self) -> str:
        """``seeing``, ``failing``, ``blind``, ``paused`` or ``unknown`` (never visited)."""
        if not self.source.enabled:
            return "paused"
        if self.last is None:
            return "unknown"
        if not self.failures:
            return "seeing"
        return "blind" if self.failures >= BLIND_AFTER else "failing"

    @property
    def failures(self) -> int:
        """How many of the latest visits in a row saw nothing."""
        ended = [one.outcome for one in self.visits if one.outcome]
        return len(list(takewhile(lambda result: result not in SEES, ended)))

    @property
    def since(self) -> datetime | None:
        """Since when the source has been blind, as far as the visits at hand tell."""
        since = None
        for visit in self.visits:
            if visit.outcome in SEES:
                break
            since = visit.started if visit.outcome else since
        return since


def sights(session: Session, limit: int = 20) -> list[Sight]:
    """Return every source with its latest visits, the blind first."""
    sources = session.scalars(select(Source).order_by(Source.name))
    found = [Sight(source, last_visits(session, source.id, limit)) for source in sources]
    order = ("blind", "failing", "unknown", "seeing", "paused")
    return sorted(found, key=lambda one: order.index(one.state))


def blind(session: Session) -> list[Sight]:
    """Return the sources whose latest visits all failed: one is weather, three are a wall."""
    return [one for one in sights(session) if one.state == "blind"]


def blind_spans(
    session: Session, since: datetime, until: datetime
) -> list[tuple[datetime, datetime, str]]:
    """Return which source was blind when, in [since, until): from a failed visit to a good one."""
    sees = case((Visit.outcome.in_(SEES), 1), else_=0)
    before = func.lag(sees).over(partition_by=Visit.source_id, order_by=(Visit.started, Visit.id))
    turns = (
        select(Source.name, Visit.started, sees.label("sees"), before.label("before"))
        .join(Visit, Visit.source_id == Source.id)
        .where(Source.enabled, Visit.outcome.is_not(None))
        .where(Visit.started >= since, Visit.started < until)
        .subquery()
    )
    # Only the turns between seeing and not are read: visits are many, turns are few.
    rows = session.execute(
        select(turns.c.name, turns.c.started, turns.c.sees)
        .where(or_(turns.c.before.is_(None), turns.c.before != turns.c.sees))
        .order_by(turns.c.name, turns.c.started)
        .limit(20_000)
    )
    by_source: dict[str, list[tuple[datetime, bool]]] = {}
    for name, started, result in rows:
        by_source.setdefault(name, []).append((started, bool(result)))
    return [
        (start, end, name)
        for name, visits in by_source.items()
        for start, end in _dark(visits, until)
    ]


def dark_spans(
    session: Session, spans: Iterable[tuple[datetime, datetime, str]]
) -> list[tuple[datetime, datetime]]:
    """Return when every source in use was blind at once: what was said then is unknown."""
    sources = session.scalar(select(func.count()).where(Source.enabled)) or 0
    turns = sorted([(s, 1) for s, _, _ in spans] + [(e, -1) for _, e, _ in spans])
    found: list[tuple[datetime, datetime]] = []
    blind_now, begun = 0, None
    for at, turn in turns:
        blind_now += turn
        if sources and blind_now >= sources and begun is None:
            begun = at
        elif blind_now < sources and begun is not None:
            found.append((begun, at))
            begun = None
    return found


def unvisited(session: Session, until: datetime) -> list[tuple[datetime, datetime]]:
    """Return since when no source has looked, up to ``until``: silence there is no calm."""
    saw = (
        select(Visit.started)
        .join(Source, Source.id == Visit.source_id)
        .where(Source.enabled, Visit.outcome.in_(SEES))
        .order_by(Visit.started.desc())
        .limit(1)
    )
    last = session.scalar(saw)
    return [(last, until)] if last is not None and last < until else []


def _dark(
    visits: Iterable[tuple[datetime, bool]], until: datetime
) -> list[tuple[datetime, datetime]]:
    spans: list[tuple[datetime, datetime]] = []
    start: datetime | None = None
    for at, sees in visits:
        if not sees and start is None:
            start = at
        elif sees and start is not None:
            spans.append((start, at))
            start = None
    return [*spans, (start, until)] if start is not None else spans
