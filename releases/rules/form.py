"""Form: R23 what must not be missing, R24 days, R27 placeholders, R28 old approvals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from releases.content import ON_PUBLICATION, everything
from releases.findings import Context, Finding

_DAY = re.compile(
    r"(?:(?P<year>\d{4})\s*年)?\s*(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*日"
    r"(?:\s*[（(]?\s*(?:星期|周|礼拜)(?P<weekday>[一二三四五六日天]))?"
)
_WEEKDAYS = "一二三四五六日"
_PLACEHOLDER = re.compile(
    r"(?<![A-Za-z])[XxＸｘ×]{2,}(?![A-Za-z])|[○〇●□■]{2,}|\{\{|\}\}|\{%|%\}|_{3,}|＿{2,}|TODO|TBD|FIXME"
    r"|待定|待补充|待确认|此处(?:填写|插入|补充)|【[^】]{0,20}(?:填|补|插入|待)[^】]{0,20}】|某年|某月某日"
)


def missing(content: Mapping[str, Any], context: Context) -> Iterator[Finding]:
    """R23: issuer, date, contact and number."""
    contact = content.get("contact", {})
    lacking = {
        "issuer": not content.get("issuer"),
        "date": content.get("date") != ON_PUBLICATION,
        "contact": not any(contact.get(name) for name in ("phone", "email", "hotline")),
        "number": not context.number,
        "text": not content["lead"],
    }
    for name in (name for name, lacks in lacking.items() if lacks):
        yield Finding("R23", "must", f"releases.rule_r23_{name}", {}, "", name)
    if not content["next_update"] and content["template"]["id"].endswith("/holding"):
        yield Finding("R23", "must", "releases.rule_r23_next", {}, "next_update", "next")


def days(content: Mapping[str, Any], context: Context) -> Iterator[Finding]:
    """R24: every date exists, and its weekday is right; a year left out is the present one."""
    this_year = context.now.astimezone(context.terms.zone).year
    for where, text in everything(content):
        for match in _DAY.finditer(text):
            finding = _wrong(match, this_year)
            if finding:
                values = {"text": text, "day": match[0], **finding[1]}
                yield Finding("R24", "must", f"releases.{finding[0]}", values, where, text)


def _wrong(match: re.Match[str], this_year: int) -> tuple[str, dict[str, object]] | None:
    year = int(match["year"] or this_year)
    try:
        weekday = _WEEKDAYS[date(year, int(match["month"]), int(match["day"])).weekday()]
    except ValueError:
        return "rule_r24_day", {}
    named = (match["weekday"] or weekday).replace("天", "日")
    return None if named == weekday else ("rule_r24", {"weekday": weekday})


def placeholders(content: Mapping[str, Any], context: Context) -> Iterator[Finding]:
    """R27: nothing is left to be filled in."""
    for where, text in everything(content):
        for word in _PLACEHOLDER.findall(text):
            values = {"text": text, "word": word}
            yield Finding("R27", "must", "releases.rule_r27", values, where, text)


def outdated(content: Mapping[str, Any], context: Context) -> Iterator[Finding]:
    """R28: whoever approved, approved this very text."""
    if any(signed != context.digest for signed in context.signed):
        yield Finding("R28", "must", "releases.rule_r28", {}, "", context.digest)


RULES = (missing, days, placeholders, outdated)
