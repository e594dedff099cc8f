"""One crawl by hand: mentions as JSON lines, no database."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from crawler.outcome import Detail, Outcome, Value, VisitReport
from crawler.run import run_crawl
from crawler.source import BadSource, RobotsOverride, SourceSpec, checked, fault

#: Exit codes of ``chengqing fetch``; 2 is wrong usage.
EXIT_CODES = {
    Outcome.OK: 0,
    Outcome.DUPLICATES_ONLY: 0,
    Outcome.EMPTY: 3,
    Outcome.FILTERED: 3,
    Outcome.BLOCKED: 4,
    Outcome.LOGIN_NEEDED: 4,
    Outcome.ROBOTS_FORBIDDEN: 4,
    Outcome.MARKUP_CHANGED: 5,
    Outcome.NETWORK_ERROR: 6,
    Outcome.TOO_LARGE: 6,
    Outcome.TIMEOUT: 6,
}
USAGE = 2


@dataclass(frozen=True)
class Wish:
    """What to fetch by hand.

    Attributes:
        cookie_setting: NAME of ``CHENGQING_COOKIE_<NAME>``.
        delay: seconds between requests; None as for sources.
    """

    kind: str
    url: str
    max_pages: int = 20
    query: str | None = None
    comments: int = 1
    delay: float | None = None
    cookie_setting: str | None = None
    robots_override: RobotsOverride | None = None
    time_limit: float = 600.0


@dataclass(frozen=True)
class Fetched:
    """How it went: the exit code, and what to tell the person."""

    code: int
    detail: Detail
    report: VisitReport | None = None


def fetch(
    wish: Wish,
    write: Callable[[str], None],
    now: datetime,
    *,
    allow_private: Collection[str] = (),
    contact: str = "",
) -> Fetched:
    """Crawl once and write each mention as one JSON line, without line end.

    Args:
        wish: what to fetch.
        write: takes a line as soon as it is found.
        now: aware; relative times count from it.
        allow_private: hosts or host:port on private addresses that may be fetched.
        contact: for the user agent.
    """
    try:
        spec = _spec(wish, allow_private)
    except (ValidationError, BadSource) as error:
        why = fault(error) if isinstance(error, ValidationError) else str(error)
        return Fetched(USAGE, Detail(key="crawler.bad_source", values={"why": why}))
    report = run_crawl(
        spec,
        lambda line: write(line.to_json()),
        now,
        wish.time_limit,
        contact=contact,
    )
    return Fetched(EXIT_CODES[report.outcome], sentence(report), report)


def sentence(report: VisitReport) -> Detail:
    """Return what to say of a report: its own reason, else its outcome with the numbers."""
    if report.detail is not None:
        return report.detail
    key = "ok_capped" if report.capped and report.outcome is Outcome.OK else report.outcome
    values: dict[str, Value] = {
        "items": report.items,
        "fetched": report.fetched,
        "dropped": sum(report.dropped.values()),
    }
    return Detail(key=f"crawler.outcome_{key}", values=values)


def _spec(wish: Wish, allow_private: Collection[str]) -> SourceSpec:
    spec = SourceSpec(
        name="fetch",
        kind=wish.kind,
        url=wish.url,
        query=wish.query,
        max_pages=wish.max_pages,
        comments=wish.comments,
        delay=wish.delay,
        cookie_setting=wish.cookie_setting,
        robots_override=wish.robots_override,
        allow_private=tuple(allow_private),
    )
    return checked(spec)
