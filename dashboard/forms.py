"""Forms with fields named by their content, and moments as people type them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Form, Request

#: A short line and a longer text, bounded before anything reads them.
Line = Annotated[str, Form(max_length=2_000)]
Prose = Annotated[str, Form(max_length=200_000)]


async def fields(request: Request) -> dict[str, str]:
    """Return a form's text fields by name; the last of each name counts, files are ignored."""
    form = await request.form()
    return {name: value for name, value in form.multi_items() if isinstance(value, str)}


Fields = Annotated[dict[str, str], Depends(fields)]


def row_of(text: str) -> int | None:
    """Return the id of a row that a field holds; None where it holds none that there can be."""
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else None


class BadMomentError(ValueError):
    """A date and time that cannot be read."""


def moment(text: str, zone: ZoneInfo) -> datetime | None:
    """Read what a date-and-time field sends, as a time in ``zone``; empty is None.

    Raises:
        BadMomentError: it is no date and time.
    """
    if not text.strip():
        return None
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise BadMomentError(text[:40]) from error
    return read if read.tzinfo else read.replace(tzinfo=zone)


def typed(at: datetime | None, zone: ZoneInfo) -> str:
    """Return a time as a date-and-time field takes it, in ``zone``."""
    return f"{at.astimezone(zone):%Y-%m-%dT%H:%M}" if at else ""
