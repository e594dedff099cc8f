"""Reasons, times and crawled text as a person reads them, in their language and zone."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from templates.catalogue import Language, MissingTextError, entries, say

log = logging.getLogger(__name__)

#: Values of these names hold words of closed sets, which the catalogue can say.
VOCABULARIES = {
    "mood": "mood",
    "moods": "mood",
    "curve": "mood",
    "stage": "stage",
    "level": "level",
    "before": "level",
    "outcome": "outcome",
    "platform": "platform",
    "platforms": "platform",
}
SHANGHAI = ZoneInfo("Asia/Shanghai")
#: What may identify a private person in a quoted post: handles, links, addresses, long numbers.
_PRIVATE = (
    # Printable ASCII only: Chinese goes on behind a link without a space.
    (re.compile(r"(?:https?://|www\.)[!-~]+", re.IGNORECASE), "…"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "…"),
    (
        re.compile(
            r"(?<![A-Za-z0-9.-])(?:[A-Za-z0-9-]{1,40}\.){1,4}(?:com|cn|net|org)(?![A-Za-z0-9-])[!-~]*"
        ),
        "…",
    ),
    (re.compile(r"(?:微信|V信|QQ|[VW]X)(?:号|群)?\s?[:：是为]?\s?[A-Za-z0-9_-]{5,20}", re.I), "…"),
    (re.compile(r"[@\uff20][\w\-·.]{1,30}"), "@…"),
    # What Weibo writes in place of a link to a video begins with its owner's name.
    (re.compile(r"[^\s，。！？!?；;：:、]{1,30}(?=的微博(?:视频|直播|文章|投票))"), "…"),
    (re.compile(r"(?<![\d,.])\d(?:[ -]?\d){6,}[Xx]?(?!\d)"), "…"),
)


def language_of(text: str) -> Language:
    """Return the language a person chose; Chinese when it is none of ours."""
    return "en" if text == "en" else "zh"


def word(group: str, value: object, language: Language) -> str:
    """Return the word for a value of a closed set, or the value itself."""
    key = f"alerts.{group}_{value}"
    return say(key, language) if key in entries() else str(value)


def sentence(
    text: Mapping[str, object] | None, language: Language = "zh", zone: ZoneInfo = SHANGHAI
) -> str:
    """Say a reason kept as ``{"key", "values"}``; empty when it cannot be said.

    It never raises: a sentence missing from a mail is less bad than a mail missing.
    """
    if not text or "key" not in text:
        return ""
    values = text.get("values")
    named = values if isinstance(values, Mapping) else {}
    spoken = {str(name): _spoken(str(name), value, language, zone) for name, value in named.items()}
    try:
        return say(str(text["key"]), language, **spoken)
    except (MissingTextError, LookupError, ValueError, AttributeError) as error:
        log.warning("cannot say %s: %r", text["key"], error)
        return ""


def _spoken(name: str, value: object, language: Language, zone: ZoneInfo) -> object:
    if isinstance(value, (list, tuple)):
        return [_spoken(name, one, language, zone) for one in value]
    if name in VOCABULARIES:
        return word(VOCABULARIES[name], value, language)
    if name == "lag" and isinstance(value, (int, float)):
        return span(timedelta(minutes=value), language)
    if isinstance(value, str) and len(value) >= 19 and value[10:11] == "T":
        try:
            return when(datetime.fromisoformat(value), zone)
        except ValueError:
            return value
    return value


def when(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment to the minute in the reader's zone, without the zone's name."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def clock_time(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return the time alone when it lies on today's date, else with its date."""
    local = moment.astimezone(zone)
    same = local.date() == now.astimezone(zone).date()
    return f"{local:%H:%M}" if same else f"{local:%m-%d %H:%M}"


def zone_name(moment: datetime, zone: ZoneInfo, language: Language) -> str:
    """Return the zone's name and its distance from UTC at a moment."""
    local = moment.astimezone(zone)
    offset = f"{local:%z}"
    key = f"alerts.zone_{zone.key.replace('/', '_')}"
    name = say(key, language) if key in entries() else zone.key
    return f"{name} UTC{offset[:3]}:{offset[3:5]}"


def span(length: timedelta, language: Language) -> str:
    """Return a length of time in words, to the minute."""
    minutes = max(0, round(length / timedelta(minutes=1)))
    if minutes < 60:
        return say("alerts.minutes", language, count=minutes)
    if minutes % 60 == 0:
        return say("alerts.hours", language, count=minutes // 60)
    return say("alerts.hours_minutes", language, hours=minutes // 60, minutes=minutes % 60)


def line(text: str, limit: int) -> str:
    """Return crawled text as one line: no control, bidirectional or zero-width characters."""
    head = text[: 4 * limit]
    kept = "".join(
        " " if c.isspace() or unicodedata.category(c) == "Cc" else c
        for c in head
        if unicodedata.category(c) not in ("Cf", "Cs", "Co")
    )
    short = " ".join(kept.split())
    return short if len(short) <= limit else short[: limit - 1].rstrip() + "…"


def quote(text: str, limit: int = 120) -> str:
    """Return a post fit to be quoted: one bounded line that names and links no private person."""
    masked = line(text, 4 * limit)
    for pattern, instead in _PRIVATE:
        masked = pattern.sub(instead, masked)
    return line(masked, limit)
