"""One article page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scrapy.http import Response

from crawler.address import host_of, page_id
from crawler.extract import NothingHere, extract
from crawler.outcome import Outcome
from crawler.pages.records import UnknownPage
from crawler.spiders.feed import PLATFORM
from crawler.spiders.visit import Visit


class ArticleVisit(Visit):
    """Fetches the source's page as an article."""

    name = "article"

    def begin(self) -> Iterable[Any]:
        """Ask for the page."""
        return self.ask(self.spec.url, self._read, entry=True)

    def _read(self, response: Response) -> Iterable[Any]:
        header = (response.headers.get("Content-Type") or b"").decode("latin-1")
        try:
            found = extract(response.body, response.url, self.now, header)
        except NothingHere as nothing:
            key = nothing.detail.key.removeprefix("crawler.")
            self.tally.lose(Outcome.EMPTY, key, entry=True, **nothing.detail.values)
            return ()
        if not found.text:
            raise UnknownPage("no article text")
        self.tally.make(
            platform=PLATFORM,
            id=page_id(response.url),
            url=response.url,
            kind="article",
            author={"name": found.author[:200]} if found.author else None,
            outlet=(found.site or host_of(response.url))[:200],
            published=found.published,
            title=found.title,
            text=found.text,
            source=self.spec.name,
        )
        return ()
