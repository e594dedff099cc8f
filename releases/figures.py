"""Numbers and parts of dates in a Chinese sentence, as values that can be compared."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal

_FIGURE = re.compile(
    r"(?<![A-Za-z0-9.])(?P<sign>[-−]?)(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"\s*(?P<scale>[十百千万亿]{0,2})\s*(?P<unit>年|月|日|号|时|点|分(?!之)|秒|%|‰|℃)?"
)
_SCALES = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
#: Units that make another figure of the same number; 号 and 点 are spoken forms.
_UNITS = {"号": "日", "点": "时"}


@dataclass(frozen=True)
class Figure:
    """A value with the unit that matters; ``text`` is how it was written."""

    value: Decimal
    unit: str
    text: str = field(compare=False)


def figures(text: str) -> list[Figure]:
    """Return the figures of a text in order; 1.2万 and 12,000 are the same."""
    found: list[Figure] = []
    for match in _FIGURE.finditer(unicodedata.normalize("NFKC", text)):
        value = Decimal(match["number"].replace(",", ""))
        for scale in match["scale"]:
            value *= _SCALES[scale]
        if match["sign"] and not _joins(match):
            value = -value
        unit = match["unit"] or ""
        found.append(Figure(value, _UNITS.get(unit, unit), match[0].strip()))
    return found


def _joins(match: re.Match[str]) -> bool:
    """Whether the dash before a number is a range or part of a code, not a minus."""
    before = match.string[: match.start()]
    return bool(before) and (before[-1].isalnum() or before[-1] in ")）%")
