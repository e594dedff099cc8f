"""RSS and Atom feeds, and the articles they announce."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from scrapy.http import Response

from crawler.address import host_of, page_id
from crawler.extract import Extracted, NothingHere, extract
from crawler.limits import FEED_BYTES
from crawler.pages.feed import Entry, Feed, feed_link, read_feed
from crawler.pages.records import UnknownPage
from crawler.spiders.visit import Visit, text_in

PLATFORM = "news"
_REMEMBERED = 3_000
#: Entries of one feed looked at in one visit.
_MAX_ENTRIES = 500


class FeedVisit(Visit):
    """Asks for a feed only if it changed, then for the articles that are new in it.

    An article that cannot be fetched or read leaves what the feed says of it.
    State: ``{"etag", "modified", "known": {entry: its update mark}}``.
    """

    name = "feed"

    def begin(self) -> Iterable[Any]:
        """Ask for the feed."""
        state = self.spec.state
        self.known: dict[str, str] = dict(state.get("known", {}))
        self.tally.state = {**state, "known": self.known}
        yield from self._ask_feed(self.spec.url, state, self._read_feed)

    def _ask_feed(self, url: str, state: dict[str, Any], read: Any) -> Iterable[Any]:
        headers = {}
        if etag := state.get("etag"):
            headers["If-None-Match"] = str(etag)
        if modified := state.get("modified"):
            headers["If-Modified-Since"] = str(modified)
        meta = {"download_maxsize": FEED_BYTES}
        yield from self.ask(url, read, entry=True, headers=headers, meta=meta)

    def _read_feed(self, response: Response) -> Iterable[Any]:
        try:
            yield from self._read_found(response)
        except UnknownPage:
            link = feed_link(text_in(response)[:200_000], response.url)
            if not link:
                raise
            yield from self._ask_feed(link, {}, self._read_found)

    def _read_found(self, response: Response) -> Iterable[Any]:
        kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
        feed = read_feed(response.body, response.url, self.now, kind)
        for name, header in (("etag", "ETag"), ("modified", "Last-Modified")):
            value = response.headers.get(header)
            self.tally.state[name] = value.decode("latin-1")[:300] if value else None
        self.tally.capped = len(feed.entries) > _MAX_ENTRIES
        for entry in feed.entries[:_MAX_ENTRIES]:
            if self.known.get(entry.key, "-") == entry.mark:
                self.tally.unchanged += 1
            else:
                yield from self._article(entry, feed)

    def _article(self, entry: Entry, feed: Feed) -> Iterable[Any]:
        self.known.pop(entry.key, None)
        self.known[entry.key] = entry.mark
        for old in list(self.known)[:-_REMEMBERED]:
            del self.known[old]
        if not entry.url:
            self._keep(entry, feed, None)
            return
        yield from self.ask(
            entry.url,
            self._read_article,
            instead=lambda: self._keep(entry, feed, None),
            meta={"entry": entry, "feed": feed},
        )

    def _read_article(self, response: Response) -> Iterable[Any]:
        header = (response.headers.get("Content-Type") or b"").decode("latin-1")
        found = None
        with suppress(NothingHere):
            found = extract(response.body, response.url, self.now, header)
        self._keep(response.meta["entry"], response.meta["feed"], found)
        return ()

    def _keep(self, entry: Entry, feed: Feed, found: Extracted | None) -> None:
        text = found.text if found else ""
        self.tally.make(
            platform=PLATFORM,
            id=page_id(entry.url or entry.key),
            url=entry.url or None,
            kind="article",
            author={"name": name[:200]}
            if (name := entry.author or (found and found.author))
            else None,
            outlet=((found and found.site) or feed.title or host_of(entry.url))[:200],
            published=entry.published or (found and found.published),
            title=entry.title or (found and found.title) or None,
            text=text if len(text) >= len(entry.summary) // 2 else entry.summary,
            source=self.spec.name,
        )
