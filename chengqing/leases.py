"""Who is at which work: claims that are renewed while their holder lives, and end soon after."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from chengqing.clock import Clock, speed_of
from storage.base import Database
from storage.schedule import Schedule, renew, take

log = logging.getLogger(__name__)

#: A worker that died holds a row no longer than this, in real time.
LEASE = timedelta(minutes=1)


class Leases:
    """The rows that this process is at; its threads share one of these."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._lock = Lock()
        self._held: dict[int, datetime] = {}

    @property
    def length(self) -> timedelta:
        """How long a claim holds by this clock."""
        return LEASE * speed_of(self._clock)

    def take(self, row_id: int) -> Schedule | None:
        """Claim a row that is due; None when somebody is at it, this process included."""
        with self._lock:
            if row_id in self._held:
                return None
            now = self._clock()
            with self._database.begin() as session:
                if not take(session, row_id, now, self.length):
                    return None
                row = session.get_one(Schedule, row_id)
            self._held[row_id] = now + self.length
            return row

    def renew(self) -> None:
        """Make claims last that would soon end; those that another took over are let go."""
        with self._lock:
            now = self._clock()
            ending = {row: at for row, at in self._held.items() if at - now < self.length / 2}
            if not ending:
                return
            until = now + self.length
            with self._database.begin() as session:
                mine = {row: renew(session, row, at, until) for row, at in ending.items()}
            for row, kept in mine.items():
                if kept:
                    self._held[row] = until
                else:
                    del self._held[row]
                    log.warning("row %s: another worker took over", row)

    def end(self, row_id: int, write: Callable[[Schedule], None]) -> Schedule | None:
        """Give a row back with what ``write`` says of it; None when another took it over.

        Raises:
            DBAPIError: it could not be recorded; the claim stays.
        """
        with self._lock:
            held = self._held.get(row_id)
            with self._database.begin() as session:
                row = session.get(Schedule, row_id)
                mine = row if row is not None and held and row.busy_until == held else None
                if mine:
                    write(mine)
                    mine.busy_until = None
            self._held.pop(row_id, None)
            return mine
