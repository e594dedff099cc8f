"""Pages: templates, and words, times and numbers in a reader's own language and zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from alerts.words import sentence
from analysis.reason import Reason
from releases.label import capacity
from templates.catalogue import FOLDER, Language, entries, say

STATIC = Path(__file__).parent / "static"
#: Where words for closed sets are looked for, our own first.
ROOMS = ("dashboard", "releases", "alerts", "signals")
VENDOR = ("echarts.min.js", "htmx.min.js")


class MissingAssetsError(RuntimeError):
    """The third-party scripts are not in place: the installation is incomplete."""


@cache
def environment() -> Environment:
    """Make the one template environment; escaping is on for everything."""
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def check_assets() -> None:
    """Refuse to start without the scripts that the build puts in place.

    Raises:
        MissingAssetsError: at least one of them is absent.
    """
    missing = [name for name in VENDOR if not (STATIC / "vendor" / name).is_file()]
    if missing:
        raise MissingAssetsError(say("dashboard.assets_missing", names=missing))


def safe_link(address: str | None) -> str | None:
    """Return an address fit for a link, or None: only http and https, never a script."""
    if not address:
        return None
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return None
    return address.strip() if parts.scheme in ("http", "https") and parts.netloc else None


@dataclass(frozen=True)
class Words:
    """How one reader is spoken to: ``say``, ``why``, ``when`` and the like, for templates."""

    language: Language
    zone: ZoneInfo
    now: datetime

    def say(self, name: str, /, **values: object) -> str:
        """Return interface text of this room."""
        return say(f"dashboard.{name}", self.language, **values)

    def label(self, group: str, value: object) -> str:
        """Return the word for a value of a closed set (mood, stage, role …), else the value."""
        key = f"{group}_{str(value).replace(' ', '_').replace('-', '_')}"
        for room in ROOMS:
            if f"{room}.{key}" in entries():
                return say(f"{room}.{key}", self.language)
        return str(value)

    def capacity(self, name: str) -> str:
        """Return the words for a capacity in which a person spoke on a release."""
        if f"releases.capacity_{name.partition(':')[0]}" not in entries():
            return self.label("capacity", name)
        return capacity(name).say(self.language)

    def why(self, row: Reason | Mapping[str, object] | None) -> str:
        """Return the sentence behind a reason, also as kept: ``{"key", "values"}``."""
        if isinstance(row, Reason):
            row = {"key": row.key, "values": row.values}
        return sentence(row, self.language, self.zone) or self.say("reason_unknown")

    def when(self, moment: datetime | None) -> str:
        """Return a time in the reader's zone: the clock alone today, else with its day."""
        if moment is None:
            return self.say("unknown")
        local, today = moment.astimezone(self.zone), self.now.astimezone(self.zone)
        if local.date() == today.date():
            return f"{local:%H:%M}"
        return f"{local:%m-%d %H:%M}" if local.year == today.year else f"{local:%Y-%m-%d %H:%M}"

    def full(self, moment: datetime | None) -> str:
        """Return a time with its date, in the reader's zone."""
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M}" if moment else self.say("unknown")

    def span(self, length: timedelta | float) -> str:
        """Return a length of time (of a number: seconds) in words, to the minute."""
        if not isinstance(length, timedelta):
            length = timedelta(seconds=length)
        minutes = int(abs(length.total_seconds()) // 60)
        days, hours, rest = minutes // 1_440, minutes // 60 % 24, minutes % 60
        if days:
            return self.say("span_days", days=days, hours=hours)
        if hours:
            return self.say("span_hours", hours=hours, minutes=rest)
        return self.say("span_minutes", minutes=rest)

    def number(self, value: float | None, digits: int = 0) -> str:
        """Return a number with thousands marked; the unknown says so."""
        return self.say("unknown") if value is None else f"{value:,.{digits}f}"

    def percent(self, part: float, whole: float) -> str:
        """Return a share; of nothing it is unknown."""
        return f"{100 * part / whole:.0f}%" if whole else self.say("unknown")

    @property
    def zone_name(self) -> str:
        """The zone in words, with its offset."""
        local = self.now.astimezone(self.zone)
        offset = f"{local:%z}"
        return f"{self.label('zone', self.zone.key.replace('/', '_'))} UTC{offset[:3]}:{offset[3:]}"
