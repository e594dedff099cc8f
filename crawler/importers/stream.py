"""Recorded affairs: rows of ``id, time, text, author, kind, likes, thread`` of one platform."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from storage.line import AuthorLine, CountsLine, MentionLine

#: The recorded streams are of one platform and do not name it.
PLATFORM = "weibo"


def stream_row(row: Mapping[str, Any], name: str) -> MentionLine:
    """Read one row; a reply that names no thread belongs to the thread the file is about.

    Raises:
        ValueError: ``no_time``, ``no_id``, or a field that does not fit.
    """
    if not row.get("time"):
        raise ValueError("no_time")
    if not row.get("id"):
        raise ValueError("no_id")
    kind: Any = row.get("kind") or "post"
    thread = row.get("thread") or (None if kind == "post" else name)
    return MentionLine(
        platform=PLATFORM,
        id=str(row["id"]),
        kind=kind,
        thread=thread,
        author=AuthorLine(id=row["author"]) if row.get("author") else None,
        published=row["time"],
        text=row.get("text") or "",
        counts=CountsLine(likes=row.get("likes")),
        source=name,
    )
