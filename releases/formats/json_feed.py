"""JSON Feed 1.1 (jsonfeed.org)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from releases.formats.atom import stamp
from releases.view import FeedInfo, PublicRelease

VERSION = "https://jsonfeed.org/version/1.1"


def render(feed: FeedInfo, releases: Sequence[PublicRelease]) -> bytes:
    """Return the feed; an item's id is never reused and never changes."""
    document = {
        "version": VERSION,
        "title": feed.title,
        "home_page_url": feed.home_url,
        "feed_url": feed.self_url,
        "description": feed.description,
        "language": "zh-CN",
        "authors": [{"name": feed.issuer}],
        "items": [_item(release) for release in releases],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _item(release: PublicRelease) -> dict[str, Any]:
    return {
        "id": release.id,
        "url": release.url,
        "title": release.headline,
        "summary": release.summary,
        "content_html": release.html,
        "content_text": release.text,
        "date_published": stamp(release.published),
        "date_modified": stamp(release.updated),
        "authors": [{"name": release.issuer}],
        "tags": [release.kind],
        "language": "zh-CN",
    }
