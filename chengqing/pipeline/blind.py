"""When a topic could not be seen: stretches in which the sources that feed it brought nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.sight import SEES
from storage.mention import Mention, MentionTopic
from storage.schedule import Schedule
from storage.topic import Source, Visit

#: A visit is overdue when two were skipped, and then some: visits take their time.
OVERDUE, GRACE = 3, timedelta(minutes=15)
#: A topic is unknown while the sources of so much of what it usually holds are blind.
HALF = 0.5
#: Newest mentions of a topic that tell which sources feed it.
READ = 1_000

Stretch = tuple[datetime, datetime]


@dataclass
class Eye:
    """How one source has seen.

    Attributes:
        every: between visits.
        seen: start of the last visit that saw what was there; None while none did.
        failed: whether a later visit did not.
        last: start of the last visit.
        gaps: stretches that nobody will see any more.
    """

    every: timedelta
    seen: datetime | None = None
    failed: bool = False
    last: datetime | None = None
    gaps: list[Stretch] = field(default_factory=list)

    def visited(self, started: datetime, outcome: str, *, capped: bool) -> None:
        """Take one ended visit into account, the oldest first.

        A visit that sees again has read back to what was known, unless a limit ended its list.
        """
        if self.last is not None and started <= self.last:
            return
        self.last = started
        if outcome not in SEES:
            self.failed = True
            return
        if self.seen is not None and capped and self.blind(started):
            self.gaps.append((self.seen, started))
        self.seen, self.failed = started, False

    def blind(self, now: datetime) -> bool:
        """Say whether it does not see; one that never saw is a setting to mend, and feeds none."""
        late = self.seen is not None and now - self.seen > OVERDUE * self.every + GRACE
        return self.seen is not None and (self.failed or late)

    def stretches(self, now: datetime) -> list[Stretch]:
        """Return when it did not see, until ``now``."""
        tail = [(self.seen, now)] if self.seen is not None and self.blind(now) else []
        return [*self.gaps, *tail]


@dataclass
class Eyes:
    """All enabled sources, kept between looks so that a visit is read once."""

    _held: dict[int, Eye] = field(default_factory=dict)
    _read: int = 0

    def look(self, session: Session, since: datetime, now: datetime) -> dict[int, list[Stretch]]:
        """Return by source when it was blind in [since, now); those that see are left out."""
        wanted = select(Source.id, Schedule.every).join(Schedule, Schedule.source_id == Source.id)
        every = {
            row[0]: timedelta(seconds=row[1])
            for row in session.execute(wanted.where(Source.enabled, Schedule.enabled))
            if row[1]
        }
        if every.keys() - self._held.keys():
            # A source that is watched again has visits that were passed over.
            self._read = 0
        self._held = {n: self._held.get(n) or Eye(often) for n, often in every.items()}
        for number, eye in self._held.items():
            eye.every = every[number]
        self._take(session, since)
        found = {n: eye.stretches(now) for n, eye in self._held.items()}
        recent = {n: [s for s in held if s[1] > since] for n, held in found.items()}
        return {n: held for n, held in recent.items() if held}

    def _take(self, session: Session, since: datetime) -> None:
        if not self._read:
            self._recall(session, since)
        wanted = select(Visit.id, Visit.source_id, Visit.started, Visit.outcome, Visit.capped)
        wanted = wanted.where(Visit.id > self._read, Visit.started >= since).order_by(Visit.id)
        running = False
        for number, source, started, outcome, capped in session.execute(wanted):
            running = running or outcome is None
            # What comes after a visit still running is read again; eyes pass over what they know.
            self._read = self._read if running else number
            if outcome is not None and source in self._held:
                self._held[source].visited(started, outcome, capped=capped)

    def _recall(self, session: Session, since: datetime) -> None:
        """Find when each last saw before ``since``: one blind for longer is blind, not new."""
        sighted = (
            select(Visit.source_id, func.max(Visit.started))
            .where(Visit.started < since, Visit.outcome.in_(SEES))
            .group_by(Visit.source_id)
        )
        for source, started in session.execute(sighted):
            if source in self._held:
                self._held[source].visited(started, "ok", capped=False)


def unseen(
    session: Session, topic_id: int, blind: Mapping[int, Sequence[Stretch]]
) -> list[Stretch]:
    """Return when a topic was unknown: half or more of what feeds it was blind.

    What feeds a topic is told by its newest mentions; those that were imported or pushed stand
    for a source that always sees.
    """
    if not blind:
        return []
    newest = (
        select(Mention.source_id)
        .join(MentionTopic, MentionTopic.mention_id == Mention.id)
        .where(MentionTopic.topic_id == topic_id)
        .order_by(MentionTopic.published.desc())
        .limit(READ)
    )
    fed = Counter(session.scalars(newest))
    total = sum(fed.values())
    return merged(
        (fed[source] / total, stretch)
        for source, held in blind.items()
        if fed[source]
        for stretch in held
    )


def merged(weighed: Iterable[tuple[float, Stretch]]) -> list[Stretch]:
    """Return when the weights of the stretches that run at a time add up to half or more."""
    turns: dict[datetime, float] = defaultdict(float)
    for weight, (first, last) in weighed:
        turns[first] += weight
        turns[last] -= weight
    found: list[Stretch] = []
    running, begun = 0.0, None
    for at in sorted(turns):
        running += turns[at]
        dark = running >= HALF - 1e-9
        if dark and begun is None:
            begun = at
        elif not dark and begun is not None:
            found.append((begun, at))
            begun = None
    return found
