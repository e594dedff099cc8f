"""The main text of a page: an article's, or all posts of a discussion in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crawler.decode import decode
from crawler.when import read_time


@dataclass(frozen=True)
class Extracted:
    """What a page says; ``published`` is aware, ``source`` the outlet named as the origin."""

    title: str | None
    author: str | None
    published: datetime | None
    text: str
    source: str | None
    site: str | None = None


def extract(html: bytes | str, url: str | None, now: datetime, content_type: str = "") -> Extracted:
    """Return what a page says."""
    import trafilatura
    from trafilatura.settings import Document

    text = html if isinstance(html, str) else decode(html, content_type)
    found = trafilatura.bare_extraction(text, url=url, favor_recall=True, with_metadata=True)
    if not isinstance(found, Document):
        return Extracted(None, None, None, "", None)
    return Extracted(
        title=found.title,
        author=found.author,
        published=read_time(found.date, now),
        text=found.text or "",
        source=None,
        site=found.sitename,
    )
