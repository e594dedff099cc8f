from datetime import UTC, datetime, timedelta
from threading import Event
from time import monotonic
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from chengqing.clock import real
from chengqing.leases import LEASE
from chengqing.schedule import Watch, misplanned, next_run
from storage.base import Database
from storage.schedule import Schedule

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)


def _row(**fields: object) -> Schedule:
    values = {"name": "a", "work": "a", "every": 60, "next_at": NOW, "enabled": True}
    return Schedule(**(values | fields))


@given(st.integers(1, 86_400), st.timedeltas(timedelta(0), timedelta(days=9)))
def test_the_next_run_lies_ahead_and_within_one_step(every: int, late: timedelta) -> None:
    row = _row(every=every, next_at=NOW - late)
    following = next_run(row, NOW, SHANGHAI)
    assert NOW < following <= NOW + timedelta(seconds=every)


def test_a_daily_run_is_at_the_users_hour() -> None:
    row = _row(every=None, daily="08:30")
    following = next_run(row, NOW, SHANGHAI).astimezone(SHANGHAI)
    assert (following.day, following.hour, following.minute) == (21, 8, 30)
    assert next_run(row, following, SHANGHAI) - following == timedelta(days=1)


def test_what_is_due_runs_once_and_is_planned_again(database: Database) -> None:
    done = Event()
    seen: list[str] = []

    def work(row: Schedule) -> None:
        seen.append(row.name)
        done.set()

    with database.begin() as session:
        session.add(_row(next_at=real() - timedelta(hours=5), every=3_600))
    watch = Watch(database, real, SHANGHAI, {"a": work})
    watch.start()
    assert done.wait(20)
    watch.stop()
    with database.read() as session:
        row = session.get_one(Schedule, 1)
    assert seen == ["a"]
    assert row.last_at is not None
    assert row.busy_until is None
    assert row.next_at > real()


def test_a_failure_is_kept_on_the_row_and_does_not_end_the_others(database: Database) -> None:
    def bad(_row: Schedule) -> None:
        raise RuntimeError("the cable is out")

    with database.begin() as session:
        session.add(_row(next_at=real()))
    watch = Watch(database, real, SHANGHAI, {"a": bad})
    watch.run(1)
    with database.read() as session:
        assert session.get_one(Schedule, 1).error == "RuntimeError: the cable is out"
        assert session.get_one(Schedule, 1).busy_until is None


def test_a_row_that_another_holds_is_left_alone(database: Database) -> None:
    seen: list[str] = []
    with database.begin() as session:
        session.add(_row(next_at=real(), busy_until=real() + timedelta(minutes=1)))
    Watch(database, real, SHANGHAI, {"a": lambda row: seen.append(row.name)}).run(1)
    assert seen == []


def test_work_whose_end_could_not_be_recorded_is_not_held_for_the_whole_lease(
    database: Database,
) -> None:
    def cut_off(_row: Schedule) -> None:
        with database.begin() as session:
            session.execute(text("ALTER TABLE schedule RENAME TO away"))

    with database.begin() as session:
        session.add(_row(next_at=real()))
    watch = Watch(database, real, SHANGHAI, {"a": cut_off})
    with pytest.raises(DBAPIError):
        watch.run(1)
    with database.begin() as session:
        session.execute(text("ALTER TABLE away RENAME TO schedule"))
    watch.start()
    watch.stop()
    with database.read() as session:
        row = session.get_one(Schedule, 1)
    assert row.last_at is not None
    assert row.busy_until is None
    assert row.next_at > real()


def test_what_another_worker_took_over_is_not_taken_from_it(database: Database) -> None:
    theirs = real() + timedelta(minutes=29)

    def overtaken(_row: Schedule) -> None:
        with database.begin() as session:
            session.get_one(Schedule, 1).busy_until = theirs

    with database.begin() as session:
        session.add(_row(next_at=real()))
    Watch(database, real, SHANGHAI, {"a": overtaken}).run(1)
    with database.read() as session:
        assert session.get_one(Schedule, 1).busy_until == theirs


@pytest.mark.parametrize(
    "ahead",
    [
        {"next_at": real() + timedelta(days=900)},
        {"next_at": real(), "busy_until": real() + timedelta(days=900)},
        {"every": None, "daily": "08:30", "next_at": real() + timedelta(days=900)},
    ],
)
def test_what_a_clock_in_the_wrong_year_planned_runs_when_the_clock_is_right(
    database: Database, ahead: dict[str, object]
) -> None:
    done = Event()
    with database.begin() as session:
        session.add(_row(**ahead))
    watch = Watch(database, real, SHANGHAI, {"a": lambda _: done.set()})
    watch.start()
    assert done.wait(20)
    watch.stop()
    with database.read() as session:
        row = session.get_one(Schedule, 1)
    assert real() < row.next_at < real() + timedelta(days=2)
    assert row.busy_until is None


@given(st.integers(1, 86_400), st.booleans(), st.timedeltas(timedelta(0), timedelta(days=700)))
def test_what_a_right_clock_planned_is_never_called_wrong(
    every: int, daily: bool, later: timedelta
) -> None:
    now = NOW + later
    row = _row(every=None, daily="02:30") if daily else _row(every=every)
    row.next_at = next_run(row, now, ZoneInfo("Europe/Berlin"))
    row.busy_until = now + LEASE
    assert not misplanned(row, now, LEASE)


def test_no_alert_waits_for_visits(sqlite_database: Database) -> None:
    sent, end = Event(), Event()
    with sqlite_database.begin() as session:
        for number in range(20):
            session.add(_row(name=f"crawl:{number}", work="crawl", next_at=NOW))
        session.add(_row(name="send", work="send", next_at=real()))
    works = {"crawl": lambda _: end.wait(60), "send": lambda _: sent.set()}
    watch = Watch(sqlite_database, real, SHANGHAI, works)
    watch.start()
    in_time = sent.wait(20)
    end.set()
    watch.stop()
    assert in_time


def test_while_work_lasts_its_claim_is_renewed(sqlite_database: Database) -> None:
    ahead = [timedelta(0)]
    begun, end = Event(), Event()

    def work(_row: Schedule) -> None:
        begun.set()
        end.wait(60)

    with sqlite_database.begin() as session:
        session.add(_row(next_at=real()))
    watch = Watch(sqlite_database, lambda: real() + ahead[0], SHANGHAI, {"a": work})
    watch.start()
    assert begun.wait(20)
    ahead[0] = LEASE * 2 / 3
    soon, renewed = monotonic() + 20, False
    while not renewed and monotonic() < soon:
        with sqlite_database.read() as session:
            until = session.get_one(Schedule, 1).busy_until
        renewed = until is not None and until > real() + LEASE
        end.wait(0.05)
    end.set()
    watch.stop()
    assert renewed
