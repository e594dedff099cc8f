"""Counters as Chinese platforms write them."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*([千万亿wWkK]?)")
_FACTORS = {"": 1, "千": 1_000, "k": 1_000, "万": 10_000, "w": 10_000, "亿": 100_000_000}
_LIMIT = 2**53


def read_count(value: object) -> int | None:
    """Return the number in ``value`` ("1.2万" → 12000, "100万+" → 1000000), or None for none."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return int(value) if 0 <= value <= _LIMIT else None
    match = _NUMBER.search(str(value))
    if match is None:
        return None
    number = round(float(match[1].replace(",", "")) * _FACTORS[match[2].lower()])
    return number if number <= _LIMIT else None
