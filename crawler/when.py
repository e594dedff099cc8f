"""Times as Chinese sites write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

#: The zone in which Chinese sites write a time that names none.
SHANGHAI = ZoneInfo("Asia/Shanghai")

_AGO = re.compile(r"(\d+|半)\s*个?\s*(秒|分|小时|天|周|月)\S{0,2}?前")
_UNITS = {
    "秒": timedelta(seconds=1),
    "分": timedelta(minutes=1),
    "小时": timedelta(hours=1),
    "天": timedelta(days=1),
    "周": timedelta(weeks=1),
    "月": timedelta(days=30),
}
_DAYS = {"今天": 0, "昨天": 1, "前天": 2}
_CLOCK = re.compile(r"(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?")
_DATE = re.compile(r"(?:(\d{4}|\d{2})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})")
_ENGLISH = re.compile(r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b.*\d{4}")


def read_time(text: str | None, now: datetime) -> datetime | None:
    """Return the instant that ``text`` names, in UTC, or None where it names none.

    Reads "刚刚", "5分钟前", "半小时前", "昨天 10:01", "06-14", "2025-1-2 12:00", ISO 8601, RFC 822
    and Weibo's "Sat Jun 14 12:00:00 +0800 2025". A time without a zone is Shanghai's; a date
    without a year is the last such day.

    Args:
        text: as the site shows it.
        now: aware; what relative times count from.
    """
    words = " ".join((text or "").replace("\xa0", " ").split())
    if not words:
        return None
    try:
        found = _zoned(words) or _relative(words, now) or _written(words, now)
        return found.astimezone(UTC) if found else None
    except (ValueError, OverflowError):
        return None


def from_epoch(seconds: float) -> datetime | None:
    """Return the instant of a Unix time in seconds or milliseconds."""
    try:
        return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _zoned(words: str) -> datetime | None:
    if match := _ISO.search(words):
        return datetime.fromisoformat(match[0].replace("Z", "+00:00").replace(" ", "T", 1))
    if not _ENGLISH.search(words):
        return None
    try:
        return datetime.strptime(words, "%a %b %d %H:%M:%S %z %Y")
    except ValueError:
        found = parsedate_to_datetime(words)
    if found.tzinfo is None:
        return found.replace(tzinfo=UTC if words.endswith("-0000") else SHANGHAI)
    return found


def _relative(words: str, now: datetime) -> datetime | None:
    if "刚刚" in words:
        return now
    if match := _AGO.search(words):
        amount = 0.5 if match[1] == "半" else int(match[1])
        return now - amount * _UNITS[match[2]]
    for word, days in _DAYS.items():
        if word in words:
            day = now.astimezone(SHANGHAI).date() - timedelta(days=days)
            return _at(day, words)
    return None


def _written(words: str, now: datetime) -> datetime | None:
    match = _DATE.search(words)
    if match is None:
        return None
    here = now.astimezone(SHANGHAI)
    month, day = int(match[2]), int(match[3])
    rest = words[match.end() :]
    if match[1]:
        year = int(match[1])
        return _at(date(year + 2000 if year < 100 else year, month, day), rest)
    found = _at(_day_of(here.year, month, day), rest)
    if found > now + timedelta(days=1):
        found = _at(_day_of(here.year - 1, month, day), rest)
    return found


def _day_of(year: int, month: int, day: int) -> date:
    """Return the day, going back to the last leap year for a 29 February without a year."""
    while month == 2 and day == 29 and (year % 4 or (year % 100 == 0 and year % 400)):
        year -= 1
    return date(year, month, day)


def _at(day: date, words: str) -> datetime:
    match = _CLOCK.search(words)
    clock = time(int(match[1]), int(match[2]), int(match[3] or 0)) if match else time()
    return datetime.combine(day, clock, SHANGHAI)
