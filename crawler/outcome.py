"""What a visit came to, decided from what happened."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

#: What fills a placeholder of a text.
Value = str | int | float | list[str]


class Outcome(StrEnum):
    """The one word for a visit."""

    OK = "ok"
    EMPTY = "empty"
    DUPLICATES_ONLY = "duplicates_only"
    FILTERED = "filtered"
    BLOCKED = "blocked"
    LOGIN_NEEDED = "login_needed"
    ROBOTS_FORBIDDEN = "robots_forbidden"
    MARKUP_CHANGED = "markup_changed"
    NETWORK_ERROR = "network_error"
    TOO_LARGE = "too_large"
    TIMEOUT = "timeout"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Detail(_Value):
    """A sentence still to be said: a key of the catalogue and what fills it."""

    key: str
    values: dict[str, Value] = {}


class Failure(_Value):
    """One page that could not be used.

    Attributes:
        entry: the visit begins or continues here, so its failure is the visit's.
    """

    outcome: Outcome
    detail: Detail
    entry: bool


class Happened(_Value):
    """All that a decision looks at.

    Attributes:
        fetched: answers received.
        items: mentions handed over.
        dropped: rows left out, by reason.
        unreadable: what is wrong with the first of those that fit no mention.
        unchanged: pages or rows skipped because the last visit had them.
        failures: pages lost, in order.
        timed_out: the time limit of the visit ended it.
    """

    fetched: int = 0
    items: int = 0
    dropped: dict[str, int] = {}
    unreadable: str = ""
    unchanged: int = 0
    failures: tuple[Failure, ...] = ()
    timed_out: bool = False


class VisitReport(_Value):
    """What a visit leaves.

    Attributes:
        fetched: answers received, robots.txt not counted.
        items: mentions handed over.
        dropped: rows and pages left out, by reason.
        detail: why, for ``templates.catalogue.say``.
        state: what the next visit should be given; None keeps the old one.
        capped: a limit ended a list, so there is more: "at least ``items``".
        seconds: wall time of the visit.
    """

    outcome: Outcome
    fetched: int = 0
    items: int = 0
    dropped: dict[str, int] = Field(default_factory=dict)
    detail: Detail | None = None
    state: dict[str, Any] | None = None
    capped: bool = False
    seconds: float = 0.0


def decide(happened: Happened, time_limit: float) -> tuple[Outcome, Detail | None]:
    """Return the outcome and its reason.

    A failure where the visit begins or goes on is the visit's outcome, also when mentions came
    before it: the caller must slow down or sign in. One lost thread or article of many is not.
    """
    if happened.timed_out:
        return Outcome.TIMEOUT, Detail(key="crawler.timeout", values={"seconds": time_limit})
    for failure in happened.failures:
        if failure.entry:
            return failure.outcome, failure.detail
    if happened.items:
        return Outcome.OK, None
    if happened.failures:
        common = Counter(failure.outcome for failure in happened.failures).most_common(1)[0][0]
        return common, next(f.detail for f in happened.failures if f.outcome == common)
    return _without_items(happened)


def _without_items(happened: Happened) -> tuple[Outcome, Detail | None]:
    if happened.unchanged:
        return Outcome.DUPLICATES_ONLY, None
    broken = {k: n for k, n in happened.dropped.items() if k in ("undated", "unreadable")}
    if broken:
        reason = max(broken, key=broken.__getitem__)
        return Outcome.MARKUP_CHANGED, Detail(
            key=f"crawler.all_{reason}",
            values={"count": broken[reason], "what": happened.unreadable},
        )
    return (Outcome.FILTERED if happened.dropped else Outcome.EMPTY), None


def after_intake(report: VisitReport, *, kept: int, duplicates: int) -> VisitReport:
    """Return the report with what the store made of the mentions.

    Args:
        report: as the crawl left it.
        kept: mentions stored as new.
        duplicates: mentions already stored, whether or not their counts changed.
    """
    if report.outcome is not Outcome.OK or kept:
        return report
    outcome = Outcome.DUPLICATES_ONLY if duplicates else Outcome.FILTERED
    return report.model_copy(update={"outcome": outcome})


def broken_promise(report: VisitReport, min_mentions: int) -> Detail | None:
    """Return what to say when a visit that should have brought mentions brought too few."""
    looked = (Outcome.OK, Outcome.EMPTY, Outcome.FILTERED)
    if report.outcome not in looked or report.items >= min_mentions:
        return None
    return Detail(
        key="crawler.promise_broken", values={"found": report.items, "promised": min_mentions}
    )
