"""Reading times as Chinese sites write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.when import SHANGHAI, from_epoch, read_time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("刚刚", "2026-05-20 20:00"),
        ("5分钟前", "2026-05-20 19:55"),
        ("半小时前", "2026-05-20 19:30"),
        ("1\xa0小时前", "2026-05-20 19:00"),
        ("3 天前", "2026-05-17 20:00"),
        ("今天 08:07", "2026-05-20 08:07"),
        ("昨天 10:01", "2026-05-19 10:01"),
        ("前天\xa018:07", "2026-05-18 18:07"),
        ("05-18", "2026-05-18 00:00"),
        ("12-31 23:59", "2025-12-31 23:59"),
        ("2-29", "2024-02-29 00:00"),
        ("6月14日 10:30", "2025-06-14 10:30"),
        ("2026年5月9日 9:05", "2026-05-09 09:05"),
        ("发表于 2013-1-1 12:00:01", "2013-01-01 12:00:01"),
        ("2019/6/14 7:03", "2019-06-14 07:03"),
        ("24-5-13 19:56", "2024-05-13 19:56"),
        ("2019年06月15日08:18  来源：", "2019-06-15 08:18"),
        ("Sat Jun 14 12:00:00 +0800 2025", "2025-06-14 12:00"),
        ("Wed, 20 May 2026 10:30:00 GMT", "2026-05-20 18:30"),
        ("Wed, 20 May 2026 10:30:00", "2026-05-20 10:30"),
        ("20 May 2026 10:30:00 +0800", "2026-05-20 10:30"),
        ("2026-05-20T10:30:00Z", "2026-05-20 18:30"),
        ("2026-05-20T18:30:00+08:00", "2026-05-20 18:30"),
        ("1970-01-01 08:00", "1970-01-01 08:00"),
        ("2099-1-1", "2099-01-01 00:00"),
    ],
)
def test_times_are_read_in_shanghai_and_kept_in_utc(
    text: str, expected: str, now: datetime
) -> None:
    found = read_time(text, now)
    assert found == datetime.fromisoformat(expected).replace(tzinfo=SHANGHAI)
    assert found is not None
    assert found.tzinfo is UTC


@pytest.mark.parametrize("text", [None, "", "  ", "很久以前", "2026-13-45", "99-99", "火星历"])
def test_what_is_no_time_is_none(text: str | None, now: datetime) -> None:
    assert read_time(text, now) is None


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    found = read_time(text, datetime(2026, 5, 20, 12, tzinfo=UTC))
    assert found is None or found.tzinfo is UTC


@given(st.datetimes(datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2099-01-01")))
def test_a_written_time_comes_back(when: datetime) -> None:
    text = f"{when.year}-{when.month}-{when.day} {when.hour}:{when.minute:02}:{when.second:02}"
    assert read_time(text, datetime(2026, 5, 20, tzinfo=UTC)) == when.replace(
        microsecond=0, tzinfo=SHANGHAI
    )


@given(st.integers(1, 12), st.integers(1, 28))
def test_a_day_without_a_year_is_the_last_such_day(month: int, day: int) -> None:
    now = datetime(2026, 5, 20, 12, tzinfo=UTC)
    found = read_time(f"{month:02}-{day:02}", now)
    assert found is not None
    assert now - timedelta(days=366) < found <= now + timedelta(days=1)


def test_unix_times_in_seconds_and_milliseconds() -> None:
    expected = datetime(2026, 5, 20, 12, tzinfo=UTC)
    assert from_epoch(expected.timestamp()) == expected
    assert from_epoch(expected.timestamp() * 1000) == expected
    assert from_epoch(float("inf")) is None
