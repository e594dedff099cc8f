"""The watch: every schedule row becomes one job that plans its own next run."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import select

from chengqing.clock import Clock, real_at, speed_of
from storage.base import Database
from storage.schedule import Schedule, take

log = logging.getLogger(__name__)

#: A worker that died holds a row no longer than this, in real time.
LEASE = timedelta(minutes=30)
#: How often new and changed rows are looked for, in seconds of real time.
REFRESH = 5
WORKERS = 4

#: One kind of work: given its row, it does what is due.
Work = Callable[[Schedule], object]


def next_run(row: Schedule, now: datetime, zone: ZoneInfo) -> datetime:
    """Return when a row runs next after ``now``; runs missed in a sleep are made up for once."""
    if row.daily:
        at = now.astimezone(zone)
        clock = time.fromisoformat(row.daily)
        today = datetime.combine(at.date(), clock, zone)
        return today if today > at else datetime.combine(at.date() + timedelta(days=1), clock, zone)
    step = timedelta(seconds=row.every or 60)
    planned = row.next_at + step
    return planned if planned > now else now + step


class Watch:
    """Runs what is due until stopped; any number of them share one database."""

    def __init__(
        self, database: Database, clock: Clock, zone: ZoneInfo, works: Mapping[str, Work]
    ) -> None:
        self._database = database
        self._clock = clock
        self._zone = zone
        self._works = works
        self._hands = ThreadPoolExecutor(WORKERS)
        # Memory store only: jobs are made from our rows, nothing is pickled.
        self._scheduler = BackgroundScheduler(
            executors={"default": self._hands},
            # A job plans its next run before it has ended; the row, not the scheduler, keeps one
            # piece of work from running twice at a time.
            job_defaults={"coalesce": True, "max_instances": 3, "misfire_grace_time": None},
            timezone="UTC",
        )

    def start(self) -> None:
        """Plan every row and begin."""
        self._scheduler.add_job(self._refresh, "interval", seconds=REFRESH, id="refresh")
        self._scheduler.start()
        self._refresh()

    def stop(self) -> None:
        """Finish what is running and end."""
        # Told to wait, the scheduler would hold a lock that work needs to plan its next run, and
        # told to end while it hands out work, it would lose a job it is looking at. So it pauses,
        # lets go of the lock that ``get_jobs`` needs, ends; then the hands finish.
        self._scheduler.pause()
        self._scheduler.get_jobs()
        self._scheduler.shutdown(wait=False)
        self._hands.shutdown(wait=True)

    def _refresh(self) -> None:
        with self._database.read() as session:
            rows = list(session.scalars(select(Schedule).where(Schedule.enabled)))
        wanted = {f"row:{row.id}" for row in rows}
        for job in self._scheduler.get_jobs():
            if job.id.startswith("row:") and job.id not in wanted:
                self._forget(job.id)
        planned = {job.id for job in self._scheduler.get_jobs()}
        for row in rows:
            if f"row:{row.id}" not in planned and not self._busy(row):
                self._plan(row.id, row.next_at)

    def _busy(self, row: Schedule) -> bool:
        return row.busy_until is not None and row.busy_until > self._clock()

    def _forget(self, job: str) -> None:
        try:
            self._scheduler.remove_job(job)
        except JobLookupError:
            log.debug("job %s had already run", job)

    def _plan(self, row: int, at: datetime) -> None:
        when = real_at(self._clock, at)
        self._scheduler.add_job(
            self.run, "date", run_date=when, args=[row], id=f"row:{row}", replace_existing=True
        )

    def run(self, row_id: int) -> None:
        """Do one row's work now if it is due and nobody else is at it, and plan the next."""
        now = self._clock()
        with self._database.begin() as session:
            if not take(session, row_id, now, LEASE * speed_of(self._clock)):
                return
            row = session.get_one(Schedule, row_id)
        error = self._do(row)
        with self._database.begin() as session:
            kept = session.get(Schedule, row_id)
            if kept is None:
                return
            kept.next_at = next_run(kept, self._clock(), self._zone)
            kept.last_at, kept.busy_until, kept.error = now, None, error
            following = kept.next_at
        if self._scheduler.running:
            self._plan(row_id, following)

    def _do(self, row: Schedule) -> str | None:
        try:
            self._works[row.work](row)
        except Exception as error:
            # The outermost edge: one failing piece of work must not end the watch of all others.
            log.exception("%s failed", row.name)
            return f"{type(error).__name__}: {error}"[:500]
        return None
