"""A stored source visited as the watch does it: a visit that brings less than promised says so."""

from __future__ import annotations

import pytest

from chengqing.pipeline.crawl import crawl
from storage.base import Database
from storage.seal import Seal
from storage.topic import Source, last_visits
from tests.conftest import Clock
from tests.crawler.conftest import Site

FEED = (
    '<rss version="2.0"><channel><title>晚报</title>{}</channel></rss>',
    "<item><title>獾杯掉渣{0}</title><link>{1}/{0}</link><guid>{0}</guid>"
    "<pubDate>Wed, 20 May 2026 18:30:00 +0800</pubDate><description>摘要{0}</description></item>",
)


@pytest.mark.parametrize(("promised", "broken"), [(2, False), (5, True)])
def test_a_visit_that_brings_less_than_promised_says_so(
    site: Site, sqlite_database: Database, clock: Clock, promised: int, broken: bool
) -> None:
    items = "".join(FEED[1].format(number, site.url) for number in range(2))
    site.answer("/feed", FEED[0].format(items), kind="application/rss+xml")
    for number in range(2):
        site.answer(f"/{number}", f"<html><body><p>獾杯掉渣，第{number}则报道。</p></body></html>")
    options = {"promises": {"min_mentions": promised}, "delay": 0}
    with sqlite_database.begin() as session:
        source = Source(
            id=1, name="晚报", kind="feed", url=f"{site.url}/feed", created=clock(), options=options
        )
        session.add(source)
    visit = crawl(sqlite_database, 1, Seal("x" * 40), clock, [site.host])
    assert (visit.outcome, visit.kept) == ("ok", 2)
    with sqlite_database.read() as session:
        (stored,) = last_visits(session, 1)
    said = {"key": "crawler.promise_broken", "values": {"found": 2, "promised": 5}}
    assert stored.detail == (said if broken else {})
