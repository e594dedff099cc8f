"""What every spider shares: asking with limits, and naming what went wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    DownloadCancelledError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawler.address import host_of
from crawler.decode import decode
from crawler.limits import PAGE_BYTES, cookie_of
from crawler.outcome import Outcome
from crawler.pages.records import ClosedPage, UnknownPage
from crawler.resolver import REFUSED
from crawler.source import SourceSpec
from crawler.tally import Tally

#: Requests of one visit, whatever a site's pages link to.
MAX_REQUESTS = 3_000
#: 418 and 432 are Weibo's answers to robots; 403 and 429 everyone's.
_BLOCKED = {403, 406, 418, 429, 432, 451}

Read = Callable[[Response], Iterable[Any]]


class Visit(Spider):
    """One visit of one source; subclasses read the answers.

    Attributes:
        spec: the source.
        now: when the visit began; relative times count from it.
        tally: where everything that happens is noted.
    """

    name = "visit"

    def __init__(self, spec: SourceSpec, now: datetime, tally: Tally) -> None:
        super().__init__()
        self.spec = spec
        self.now = now
        self.tally = tally
        self.asked: set[str] = set()
        self._cookie = cookie_of(spec)
        self._home = urlsplit(spec.url).hostname

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Build the spider and let it hear of readers that broke."""
        visit = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(visit.broke, signal=signals.spider_error)
        return visit

    def broke(self, failure: Failure, response: Response) -> None:
        """Note a page that broke its reader, which is a page of a shape we do not know."""
        asked = response.request.cb_kwargs if response.request else {}
        what = f"{type(failure.value).__name__}: {failure.value}"[:200]
        entry = bool(asked.get("entry"))
        self._lose(Outcome.MARKUP_CHANGED, "markup", response.url, entry, what=what)
        if instead := asked.get("instead"):
            instead()

    async def start(self) -> AsyncIterator[Any]:
        """Ask for the first page."""
        try:
            for request in self.begin():
                yield request
        except Exception as error:
            # It asks for nothing, and must not read as a place where nothing is.
            what = f"{type(error).__name__}: {error}"[:200]
            self._lose(Outcome.MARKUP_CHANGED, "not_begun", self.spec.url, entry=True, what=what)

    def begin(self) -> Iterable[Any]:
        """Yield the first requests."""
        raise NotImplementedError

    def ask(
        self,
        url: str,
        read: Read,
        *,
        entry: bool = False,
        priority: int = 0,
        instead: Callable[[], None] | None = None,
        meta: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Iterable[Request]:
        """Yield a request for ``url`` unless it was asked before or the visit has asked enough.

        Args:
            url: absolute.
            read: reads the answer; may raise ClosedPage and UnknownPage.
            entry: whether the visit fails when this page does.
            priority: higher comes first.
            instead: what to do when the page cannot be had.
            meta: for Scrapy.
            headers: sent along.
        """
        if url in self.asked:
            return
        if len(self.asked) >= MAX_REQUESTS:
            self.tally.capped = True
            return
        self.asked.add(url)
        sent = dict(headers or {})
        if self._cookie and urlsplit(url).hostname == self._home:
            sent["Cookie"] = self._cookie
        yield Request(
            url,
            callback=self._answered,
            errback=self._failed,
            headers=sent,
            priority=priority,
            dont_filter=True,
            meta=dict(meta or {}),
            cb_kwargs={"read": read, "entry": entry, "instead": instead},
        )

    def _answered(
        self, response: Response, read: Read, *, entry: bool, instead: Callable[[], None] | None
    ) -> Iterable[Any]:
        self.tally.fetched += 1
        try:
            yield from read(response)
        except ClosedPage as closed:
            if closed.kind == "gone":
                self._gone(response.url, closed.words, entry=entry)
            else:
                self._lose(
                    Outcome(closed.kind), closed.kind, response.url, entry, words=closed.words
                )
        except UnknownPage as unknown:
            self._lose(Outcome.MARKUP_CHANGED, "markup", response.url, entry, what=str(unknown))
        else:
            return
        if instead:
            instead()

    def _failed(self, failure: Failure) -> None:
        request: Request = failure.request  # type: ignore[attr-defined]
        entry: bool = request.cb_kwargs["entry"]
        error = failure.value
        if isinstance(error, HttpError):
            self._refused(error.response, request, entry=entry)
        else:
            self._unreachable(error, request, entry=entry)
        if instead := request.cb_kwargs["instead"]:
            instead()

    def _refused(self, response: Response, request: Request, *, entry: bool) -> None:
        self.tally.fetched += 1
        status = response.status
        if status == 304:
            self.tally.unchanged += 1
        elif status == 401:
            self._lose(Outcome.LOGIN_NEEDED, "http_login", request.url, entry, status=status)
        elif status in _BLOCKED:
            self._lose(Outcome.BLOCKED, "http_blocked", request.url, entry, status=status)
        elif status in (404, 410):
            self._gone(request.url, f"HTTP {status}", entry=entry)
        else:
            self._lose(Outcome.NETWORK_ERROR, "http_status", request.url, entry, status=status)

    def _unreachable(self, error: BaseException | None, request: Request, *, entry: bool) -> None:
        url = request.url
        if refusal := REFUSED.get(host_of(url)):
            where = ", ".join(refusal.addresses)
            self._lose(Outcome.NETWORK_ERROR, "private_address", url, entry, address=where)
        elif isinstance(error, IgnoreRequest) and "robots.txt" in str(error):
            self._lose(Outcome.ROBOTS_FORBIDDEN, "robots", url, entry)
        elif isinstance(error, IgnoreRequest) and "redirections" in str(error):
            self._lose(Outcome.NETWORK_ERROR, "redirects", url, entry)
        elif isinstance(error, (DownloadCancelledError, IgnoreRequest)):
            limit = request.meta.get("download_maxsize", PAGE_BYTES) // 2**20
            self._lose(Outcome.TOO_LARGE, "too_large", url, entry, megabytes=limit)
        elif isinstance(error, DownloadTimeoutError):
            self._lose(Outcome.TIMEOUT, "slow", url, entry)
        else:
            kind = type(error).__name__
            self._lose(Outcome.NETWORK_ERROR, "network", url, entry, error=f"{kind}: {error}"[:200])

    def _gone(self, url: str, words: str, *, entry: bool) -> None:
        """Note a page that is no more: normal for a thread, an error for a source."""
        self.tally.dropped["gone"] += 1
        if entry:
            self._lose(Outcome.EMPTY, "gone", url, entry, words=words)

    def _lose(self, outcome: Outcome, key: str, url: str, entry: bool, **values: str | int) -> None:
        self.tally.lose(outcome, key, entry=entry, url=url, **values)


def text_in(response: Response) -> str:
    """Return the answer's text, whatever its headers claim."""
    header = response.headers.get("Content-Type") or b""
    return decode(response.body, header.decode("latin-1"))
