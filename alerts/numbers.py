"""Counts with their comparison, as rows of a mail's table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from alerts.briefing import Count
from alerts.words import word
from templates.catalogue import Language, say


@dataclass(frozen=True)
class Row:
    """One curve in words."""

    curve: str
    label: str
    now: str
    before: str
    change: str


def rows(counts: Iterable[Count], language: Language) -> list[Row]:
    """Return a row for each curve."""
    return [
        Row(
            curve=one.curve,
            label=word("mood", one.curve, language),
            now=f"{one.now:,}",
            before=f"{one.before:,}",
            change=change(one, language),
        )
        for one in counts
    ]


def change(count: Count, language: Language) -> str:
    """Say how the window compares with the one before; of small numbers only the difference."""
    now, before = count.now, count.before
    if now == before:
        return say("alerts.change_same" if now else "alerts.change_none", language)
    if before == 0:
        return say("alerts.change_new", language)
    if before >= 10 and now >= 2 * before:
        return say("alerts.change_times", language, times=f"{now / before:.1f}")
    return f"{now - before:+,}".replace("-", "−")
