"""The watch: every schedule row becomes one job that plans its own next run."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from chengqing.clock import Clock, real_at
from chengqing.leases import Leases
from storage.base import Database
from storage.schedule import Schedule

log = logging.getLogger(__name__)

#: Further ahead of its own pace than this, a row was planned by a clock that was wrong.
SLACK = timedelta(minutes=5)
#: How often new and changed rows are looked for, in seconds of real time.
REFRESH = 5
#: Visits at a time, and everything else at a time: a visit may take a quarter of an hour, and
#: nobody's alert waits for it.
VISITS, WORKERS = 4, 6
#: The work that is a visit.
CRAWL = "crawl"

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


def misplanned(row: Schedule, now: datetime, lease: timedelta) -> bool:
    """Return whether a row waits for a time that only a clock set wrong can have given it.

    A machine that comes up in another year and then learns the date would wait years otherwise.
    """
    step = timedelta(days=2) if row.daily else timedelta(seconds=row.every or 60)
    held = row.busy_until or now
    return row.next_at > now + step + SLACK or held > now + lease + SLACK


class _Done(NamedTuple):
    at: datetime
    error: str | None


class Watch:
    """Runs what is due until stopped; any number of them share one database."""

    def __init__(
        self, database: Database, clock: Clock, zone: ZoneInfo, works: Mapping[str, Work]
    ) -> None:
        self._database = database
        self._clock = clock
        self._zone = zone
        self._works = works
        self._leases = Leases(database, clock)
        self._hands = {CRAWL: ThreadPoolExecutor(VISITS), "default": ThreadPoolExecutor(WORKERS)}
        #: What was done and could not be recorded, as the database was away: row → how it ended.
        self._unrecorded: dict[int, _Done] = {}
        # Memory store only: jobs are made from our rows, nothing is pickled.
        self._scheduler = BackgroundScheduler(
            executors=self._hands,
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
        for hands in self._hands.values():
            hands.shutdown(wait=True)

    def _refresh(self) -> None:
        for row_id in list(self._unrecorded):
            if done := self._unrecorded.pop(row_id, None):
                self._record(row_id, done)
        self._leases.renew()
        rows = self._rows()
        wanted = {f"row:{row.id}" for row in rows}
        for job in self._scheduler.get_jobs():
            if job.id.startswith("row:") and job.id not in wanted:
                self._forget(job.id)
        planned = {job.id for job in self._scheduler.get_jobs()}
        for row in rows:
            if f"row:{row.id}" not in planned and not self._busy(row):
                self._plan(row, row.next_at)

    def _rows(self) -> list[Schedule]:
        """Return what runs; what a wrong clock put off is due now."""
        now, lease = self._clock(), self._leases.length
        enabled = select(Schedule).where(Schedule.enabled)
        with self._database.read() as session:
            rows = list(session.scalars(enabled))
        if any(misplanned(row, now, lease) for row in rows):
            with self._database.begin() as session:
                rows = list(session.scalars(enabled))
                for row in (row for row in rows if misplanned(row, now, lease)):
                    log.warning("%s: planned by a wrong clock for %s", row.name, row.next_at)
                    row.next_at, row.busy_until = now, None
                    self._forget(f"row:{row.id}")
        return rows

    def _busy(self, row: Schedule) -> bool:
        return row.busy_until is not None and row.busy_until > self._clock()

    def _forget(self, job: str) -> None:
        try:
            self._scheduler.remove_job(job)
        except JobLookupError:
            log.debug("job %s had already run", job)

    def _plan(self, row: Schedule, at: datetime) -> None:
        self._scheduler.add_job(
            self.run,
            "date",
            run_date=real_at(self._clock, at),
            args=[row.id],
            id=f"row:{row.id}",
            executor=CRAWL if row.work == CRAWL else "default",
            replace_existing=True,
        )

    def run(self, row_id: int) -> None:
        """Do one row's work now if it is due and nobody else is at it, and plan the next."""
        row = self._leases.take(row_id)
        if row is not None:
            self._record(row_id, _Done(self._clock(), self._do(row)))

    def _record(self, row_id: int, done: _Done) -> None:
        """Write down how a row's work ended, unless another worker has taken it over since."""

        def write(row: Schedule) -> None:
            row.next_at = next_run(row, self._clock(), self._zone)
            row.last_at, row.error = done.at, done.error

        try:
            kept = self._leases.end(row_id, write)
        except DBAPIError:
            # Held until the claim ends otherwise; tried again with each refresh.
            self._unrecorded[row_id] = done
            raise
        if kept is not None and self._scheduler.running:
            self._plan(kept, kept.next_at)

    def _do(self, row: Schedule) -> str | None:
        try:
            self._works[row.work](row)
        except Exception as error:
            # The outermost edge: one failing piece of work must not end the watch of all others.
            log.exception("%s failed", row.name)
            return f"{type(error).__name__}: {error}"[:500]
        return None
