"""A release as an HTML fragment and as wire text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from releases.compose import TEMPLATES
from releases.layout import layout


def html(content: Mapping[str, Any], number: str, at: datetime, zone: ZoneInfo) -> str:
    """Return the body as an escaped HTML fragment, without the headline."""
    page = layout(content, number, at, zone)
    return _environment(escape=True).get_template("release.html.j2").render(page=page)


def text(content: Mapping[str, Any], number: str, at: datetime, zone: ZoneInfo) -> str:
    """Return the whole as wire text: ``北京2026年3月1日 /简称/ --`` to （完） and ###."""
    page = layout(content, number, at, zone)
    return _environment(escape=False).get_template("release.txt.j2").render(page=page)


@cache
def _environment(*, escape: bool) -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=escape,  # noqa: S701 - escaped for HTML, plain for the wire
        keep_trailing_newline=True,
    )
