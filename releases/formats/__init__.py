"""The wire formats by name. A new one is one file and one line here."""

from __future__ import annotations

from collections.abc import Mapping

from releases.formats import atom, json_feed, rss
from releases.formats.format import Format

FORMATS: Mapping[str, Format] = {
    "atom": Format("atom", "application/atom+xml", "feed.atom", atom.render),
    "rss": Format("rss", "application/rss+xml", "feed.rss", rss.render),
    "json": Format("json", "application/feed+json", "feed.json", json_feed.render),
}
