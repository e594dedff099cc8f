"""Atom (RFC 4287)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from lxml import etree

from releases.formats.xml import child, document
from releases.view import FeedInfo, PublicRelease

NAMESPACE = "http://www.w3.org/2005/Atom"
_XML = "http://www.w3.org/XML/1998/namespace"


def render(feed: FeedInfo, releases: Sequence[PublicRelease]) -> bytes:
    """Return the feed; ``updated`` moves on change, ``id`` and ``published`` never."""
    root = etree.Element(_name("feed"), nsmap={None: NAMESPACE})
    root.set(f"{{{_XML}}}lang", "zh-CN")
    child(root, _name("id"), feed.home_url)
    child(root, _name("title"), feed.title)
    child(root, _name("subtitle"), feed.description)
    newest = max((release.updated for release in releases), default=feed.updated)
    child(root, _name("updated"), stamp(newest))
    _author(root, feed.issuer)
    _link(root, "self", feed.self_url, "application/atom+xml")
    _link(root, "alternate", feed.home_url, "text/html")
    for release in releases:
        _entry(root, release)
    return document(root)


def stamp(moment: datetime) -> str:
    """Write a time by RFC 3339, in UTC."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _entry(root: etree._Element, release: PublicRelease) -> None:
    entry = child(root, _name("entry"))
    child(entry, _name("id"), release.id)
    child(entry, _name("title"), release.headline)
    child(entry, _name("updated"), stamp(release.updated))
    child(entry, _name("published"), stamp(release.published))
    _author(entry, release.issuer)
    _link(entry, "alternate", release.url, "text/html")
    child(entry, _name("category"), attributes={"term": release.kind})
    child(entry, _name("summary"), release.summary)
    child(entry, _name("content"), release.html, {"type": "html"})


def _author(parent: etree._Element, name: str) -> None:
    child(child(parent, _name("author")), _name("name"), name)


def _link(parent: etree._Element, rel: str, href: str, media_type: str) -> None:
    child(parent, _name("link"), attributes={"rel": rel, "type": media_type, "href": href})


def _name(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"
