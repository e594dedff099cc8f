"""Manners and limits of fetching: settings for Scrapy, and robots.txt."""

from __future__ import annotations

from typing import Any

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response
from scrapy.robotstxt import RobotParser

from crawler.address import host_of
from crawler.limits import MAX_CRAWL_DELAY, PAGE_BYTES, ROBOT, delay_of
from crawler.resolver import REFUSED
from crawler.source import SourceSpec

_DM = "scrapy.downloadermiddlewares"
#: The whole list, in place of Scrapy's own: nothing that listens, keeps cookies or uses a proxy.
_MIDDLEWARES = {
    f"{_DM}.robotstxt.RobotsTxtMiddleware": 100,
    f"{_DM}.downloadtimeout.DownloadTimeoutMiddleware": 350,
    f"{_DM}.defaultheaders.DefaultHeadersMiddleware": 400,
    f"{_DM}.useragent.UserAgentMiddleware": 500,
    f"{_DM}.retry.RetryMiddleware": 550,
    "crawler.polite.Gate": 560,
    f"{_DM}.httpcompression.HttpCompressionMiddleware": 590,
    f"{_DM}.redirect.RedirectMiddleware": 600,
}
_EXTENSIONS = {"scrapy.extensions.throttle.AutoThrottle": 0}


def settings_for(spec: SourceSpec, agent: str, request_seconds: float) -> dict[str, Any]:
    """Return Scrapy's settings for one visit; only http and https, nothing that listens."""
    delay = delay_of(spec)
    return {
        "ROBOTSTXT_OBEY": spec.robots_override is None,
        "ROBOTSTXT_USER_AGENT": ROBOT,
        "USER_AGENT": agent,
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/xml,application/json,*/*;q=0.8",
            "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
        },
        "DOWNLOAD_DELAY": delay,
        "AUTOTHROTTLE_ENABLED": True,
        "AUTOTHROTTLE_START_DELAY": delay,
        "AUTOTHROTTLE_MAX_DELAY": 60.0,
        "CONCURRENT_ITEMS": 2,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 2,
        "DOWNLOAD_TIMEOUT": request_seconds,
        "DOWNLOAD_MAXSIZE": PAGE_BYTES,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DOWNLOAD_HANDLERS": {"data": None, "file": None, "ftp": None, "s3": None},
        "DOWNLOADER_MIDDLEWARES_BASE": _MIDDLEWARES,
        "EXTENSIONS_BASE": _EXTENSIONS,
        "RETRY_TIMES": 1,
        "REDIRECT_MAX_TIMES": 5,
        "LOG_LEVEL": "WARNING",
        "LOG_SHORT_NAMES": True,
    }


class Gate:
    """Downloader middleware: one meaning for every robots.txt answer, no retry of refused hosts.

    RFC 9309, 2.3.1: an answer of 400 to 499 forbids nothing, one of 500 to 599 forbids all.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Gate:
        """Build the gate and let it hear of each robots.txt."""
        gate = cls(crawler)
        crawler.signals.connect(gate.slow_down, signal=signals.robots_parsed)
        return gate

    def process_response(self, request: Request, response: Response) -> Response:
        """Give robots.txt answers other than 2xx and 3xx their meaning."""
        if not request.url.endswith("/robots.txt") or response.status < 400:
            return response
        closed = response.status >= 500
        return response.replace(body=b"User-agent: *\nDisallow: /" if closed else b"", status=200)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Ask once only for a host that the guard refused."""
        if host_of(request.url) in REFUSED:
            request.meta["dont_retry"] = True

    def slow_down(self, robotparser: RobotParser) -> None:
        """Keep the crawl delay that the site asks for."""
        asked = robotparser.crawl_delay(ROBOT)
        throttle = self.crawler.get_extension(AutoThrottle)
        if asked and throttle is not None:
            throttle.mindelay = max(throttle.mindelay, min(asked, MAX_CRAWL_DELAY))
            throttle.maxdelay = max(throttle.maxdelay, throttle.mindelay)
