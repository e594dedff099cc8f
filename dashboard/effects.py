"""What a published release did to each mood, or when that can be told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from analysis.effect import Effect, effect, past_needed
from analysis.series import Series, from_rows
from dashboard.answered import answered
from storage import bucket
from storage.bucket import CURVES, HOUR, MINUTE, Counts
from storage.release import Release
from storage.topic import Topic, live_topics

#: Windows judged, widest first, and the width of their buckets in seconds. Without other topics
#: to hold against only whole days are fair: the day's rhythm would pass for an effect.
WINDOWS = {timedelta(hours=24): HOUR, timedelta(hours=6): 900, timedelta(hours=2): 300}
#: Windows of the past read to learn how much the comparison errs by itself.
PAST = 16
#: Posts of the other topics in the past compared, below which they are no measure of anything.
HEARD = 10


@dataclass(frozen=True)
class Outcome:
    """What can be said of a release.

    Attributes:
        released: when it was published.
        window: what was compared; None when nothing can be yet.
        due: when the first, or a wider, comparison can be made; None when none will be.
        rows: (curve, effect), the volume first.
        controls: names of the topics held against.
        asked: the talk of concerns it answered against that of the others; None without both.
    """

    released: datetime
    window: timedelta | None
    due: datetime | None
    rows: list[tuple[str, Effect]]
    controls: list[str]
    asked: Effect | None = None


def outcome(session: Session, release: Release, now: datetime) -> Outcome | None:
    """Judge a published release as of ``now``; None before it is published."""
    if release.published is None:
        return None
    begun = bucket.begun(session, session.get_one(Topic, release.topic_id))
    others = [one for one in live_topics(session) if one.id != release.topic_id]
    known = [one for one in WINDOWS if release.published - begun >= past_needed(one)]
    controls = {one: _controls(session, others, release.published, one) for one in known}
    can = [one for one in known if controls[one] or one >= timedelta(days=1)]
    over = [one for one in can if release.published + one <= now]
    later = [release.published + one for one in can if one not in over]
    window = max(over, default=None)
    return Outcome(
        release.published,
        window,
        min(later, default=None),
        _rows(session, release, window, begun, [o.id for o in controls[window]]) if window else [],
        [one.name for one in controls[window]] if window else [],
        _asked(session, release, [one for one in known if release.published + one <= now], begun),
    )


def _controls(
    session: Session, others: Sequence[Topic], released: datetime, window: timedelta
) -> list[Topic]:
    """Return the topics that were spoken of before; silence is no control, and blurs one."""
    rows = bucket.by_topic(session, released - past_needed(window), released)
    said = {one.id: sum(row.values["volume"] for row in rows.get(one.id, ())) for one in others}
    return [one for one in others if said[one.id]] if sum(said.values()) >= HEARD else []


def _asked(
    session: Session, release: Release, over: Sequence[timedelta], begun: datetime
) -> Effect | None:
    """Judge the answered concerns in the widest window that is over."""
    if not over or release.published is None:
        return None
    window = max(over)
    since = max(begun, release.published - PAST * window)
    return answered(session, release, window, timedelta(seconds=WINDOWS[window]), since)


def _rows(
    session: Session,
    release: Release,
    window: timedelta,
    begun: datetime,
    others: Sequence[int],
) -> list[tuple[str, Effect]]:
    assert release.published is not None  # noqa: S101 - the caller has looked
    step = WINDOWS[window]
    width = HOUR if step >= HOUR else MINUTE
    start = bucket.floor(max(begun, release.published - PAST * window), HOUR)
    end = bucket.floor(release.published + window, step) + timedelta(seconds=step)
    mine = bucket.read(session, release.topic_id, start, end, width)
    rest = [row for one in others for row in bucket.read(session, one, start, end, width)]

    def curve(rows: Iterable[Counts], name: str) -> Series:
        counts = [(row.start, row.values[name]) for row in rows]
        return from_rows(counts, start, end, timedelta(seconds=step))

    control = curve(rest, "volume") if others else None
    return [
        (name, effect(curve(mine, name), release.published, control, window)) for name in CURVES
    ]
