"""RSS 2.0, and the extensions that carry self link, author, full text and time of update."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime

from lxml import etree

from releases.formats.atom import NAMESPACE as ATOM
from releases.formats.atom import stamp
from releases.formats.xml import child, document
from releases.view import FeedInfo, PublicRelease

CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"


def render(feed: FeedInfo, releases: Sequence[PublicRelease]) -> bytes:
    """Return the feed; a guid is an identity, not an address, and stays through corrections."""
    root = etree.Element("rss", version="2.0", nsmap={"atom": ATOM, "content": CONTENT, "dc": DC})
    channel = child(root, "channel")
    child(channel, "title", feed.title)
    child(channel, "link", feed.home_url)
    child(channel, "description", feed.description)
    child(channel, "language", "zh-cn")
    newest = max((release.updated for release in releases), default=feed.updated)
    child(channel, "lastBuildDate", _date(newest))
    link = {"rel": "self", "type": "application/rss+xml", "href": feed.self_url}
    child(channel, f"{{{ATOM}}}link", attributes=link)
    for release in releases:
        _item(channel, release)
    return document(root)


def _item(channel: etree._Element, release: PublicRelease) -> None:
    item = child(channel, "item")
    child(item, "title", release.headline)
    child(item, "link", release.url)
    child(item, "guid", release.id, {"isPermaLink": "false"})
    child(item, "pubDate", _date(release.published))
    child(item, f"{{{ATOM}}}updated", stamp(release.updated))
    child(item, f"{{{DC}}}creator", release.issuer)
    child(item, f"{{{DC}}}identifier", release.number)
    child(item, "category", release.kind)
    child(item, "description", release.summary)
    child(item, f"{{{CONTENT}}}encoded", release.html)


def _date(moment: datetime) -> str:
    """Write a time by RFC 822 with a year of four digits."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)
