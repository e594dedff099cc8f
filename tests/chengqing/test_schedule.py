from datetime import UTC, datetime, timedelta
from threading import Event
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from chengqing.clock import real
from chengqing.schedule import Watch, next_run
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
