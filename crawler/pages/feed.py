"""RSS and Atom, as sites really write them."""

from __future__ import annotations

import calendar
import html
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import feedparser

from crawler.address import join
from crawler.decode import decode
from crawler.pages.html import first, line_of, parse, text_of
from crawler.pages.records import UnknownPage
from crawler.when import read_time


@dataclass(frozen=True)
class Entry:
    """One entry; ``key`` is its guid or link, ``mark`` changes when it is updated."""

    key: str
    mark: str
    url: str
    title: str
    author: str | None
    published: datetime | None
    summary: str


@dataclass(frozen=True)
class Feed:
    """A feed's title and entries, in its own order."""

    title: str
    entries: tuple[Entry, ...]


def read_feed(body: bytes, url: str, now: datetime, content_type: str = "") -> Feed:
    """Read a feed, also one with slips in its XML or under a wrong name of its code.

    Raises:
        UnknownPage: not a feed, or too broken to hold entries.
    """
    text = decode(body, content_type).encode("utf-8", "replace")
    said = {"content-location": url, "content-type": "application/xml; charset=utf-8"}
    found = feedparser.parse(text, response_headers=said, sanitize_html=False)
    if not found.get("version") and not found.entries:
        problem = found.get("bozo_exception") or "no RSS or Atom element"
        raise UnknownPage(f"not a feed: {problem}"[:300])
    if found.get("bozo") and not found.entries and _is_xml_error(found):
        raise UnknownPage(f"broken feed: {found['bozo_exception']}"[:300])
    entries = (_entry(entry, url, now) for entry in found.entries)
    return Feed(_words(found.feed.get("title")), tuple(entry for entry in entries if entry.key))


def feed_link(text: str, url: str) -> str:
    """Return the address of the feed that an HTML page announces, or ""."""
    root = parse(text)
    if root is None:
        return ""
    path = "//link[contains(@type, 'rss+xml') or contains(@type, 'atom+xml')]/@href"
    return join(url, line_of(first(root, path)) or "") if first(root, path) else ""


def _is_xml_error(found: Any) -> bool:
    return "SAX" in type(found["bozo_exception"]).__name__


def _entry(entry: Any, url: str, now: datetime) -> Entry:
    written = str(entry.get("link") or "")
    link = join(url, written) if written else ""
    contents = [str(part.get("value") or "") for part in entry.get("content", [])]
    summary = max([*contents, str(entry.get("summary") or "")], key=len)
    published = _time(entry, "published", now) or _time(entry, "updated", now)
    return Entry(
        key=str(entry.get("id") or link)[:500],
        mark=(_value(entry, "updated") or _value(entry, "published"))[:60],
        url=link,
        title=_words(entry.get("title")),
        author=_words(entry.get("author")) or None,
        published=published,
        summary=_plain(summary),
    )


def _time(entry: Any, name: str, now: datetime) -> datetime | None:
    """Return the time as written (Shanghai's where no zone is named), else as feedparser saw it."""
    if found := read_time(_value(entry, name), now):
        return found
    key = f"{name}_parsed"
    parsed = entry[key] if key in entry else None  # noqa: SIM401 - get() would guess
    return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None


def _value(entry: Any, name: str) -> str:
    """Return a field that is really there: ``get`` gives "published" for a missing "updated"."""
    return str(entry[name] or "") if name in entry else ""


def _words(value: object) -> str:
    """Return a title without the HTML that some feeds put into it."""
    text = html.unescape(str(value or ""))
    return " ".join((_plain(text) if "<" in text else text).split())


def _plain(markup: str) -> str:
    root = parse(f"<div>{markup}</div>")
    return text_of(root) if root is not None else ""
