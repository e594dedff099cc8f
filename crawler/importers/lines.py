"""The product's own form: a mention as one JSON line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from storage.line import MentionLine


def mention_row(row: Mapping[str, Any], _name: str) -> MentionLine:
    """Read one row.

    Raises:
        ValueError: ``no_time``, or a field that does not fit.
    """
    # Of a post that is gone nothing but its id may be left.
    if not row.get("published") and not row.get("deleted"):
        raise ValueError("no_time")
    return MentionLine.model_validate(row)
