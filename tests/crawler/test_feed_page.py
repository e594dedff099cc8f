"""Reading feeds."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.pages.feed import feed_link, read_feed
from crawler.pages.records import UnknownPage

PAGES = Path(__file__).parent / "pages"
URL = "http://site.example/feed"


def test_entries_are_read_with_times_in_shanghai_where_no_zone_is_named(now: datetime) -> None:
    feed = read_feed((PAGES / "feed.xml").read_bytes(), URL, now)
    first, second, third = feed.entries
    assert feed.title == "邻里晚报"
    assert first.title == "清泉公司称已封存问题批次"
    assert first.summary == "摘要一。"
    assert first.author == "本报记者"
    assert first.published == datetime(2026, 5, 20, 10, 30, tzinfo=UTC)
    assert second.published == datetime(2026, 5, 20, 9, 0, tzinfo=UTC)
    assert (third.key, third.published, third.url) == ("n3", None, "")


def test_a_slip_in_the_xml_does_not_lose_the_entries(now: datetime) -> None:
    body = (
        (PAGES / "feed.xml").read_bytes().replace(b"</channel></rss>", b"<item><title>&nbsp;A & B")
    )
    assert len(read_feed(body, URL, now).entries) >= 3


def test_gbk_feeds_are_read(now: datetime) -> None:
    text = (PAGES / "feed.xml").read_text("utf-8").replace('encoding="utf-8"', 'encoding="gbk"')
    assert read_feed(text.encode("gbk"), URL, now).title == "邻里晚报"


@pytest.mark.parametrize("code", ["gbk", "utf-8"])
@pytest.mark.parametrize("declared", ["gb2312", "utf-8", "big5"])
def test_a_feed_under_a_wrong_name_of_its_code_is_read(
    code: str, declared: str, now: datetime
) -> None:
    text = (PAGES / "feed.xml").read_text("utf-8").replace("utf-8", declared)
    feed = read_feed(text.encode(code), URL, now, "text/xml; charset=utf-8")
    assert feed.title == "邻里晚报"


@pytest.mark.parametrize("body", [b"", b"<html><body>hello</body></html>", b"\x89PNG\r\n", b"{}"])
def test_what_is_no_feed_is_refused(body: bytes, now: datetime) -> None:
    with pytest.raises(UnknownPage):
        read_feed(body, URL, now)


def test_an_empty_feed_is_a_feed(now: datetime) -> None:
    body = b"<rss version='2.0'><channel><title>t</title></channel></rss>"
    assert read_feed(body, URL, now).entries == ()


def test_entities_do_not_multiply(now: datetime) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    item = "<item><title>&l8;</title><link>http://site.example/1</link></item>"
    head = f'<!DOCTYPE r [<!ENTITY l0 "ha">{laughs}]>'
    body = f'{head}<rss version="2.0"><channel>{item}</channel></rss>'
    (entry,) = read_feed(body.encode(), URL, now).entries
    assert len(entry.title) < 100


def test_a_page_announces_its_feed() -> None:
    page = '<html><link rel="alternate" type="application/rss+xml" href="/rss.xml"></html>'
    assert feed_link(page, "http://site.example/a/") == "http://site.example/rss.xml"
    assert feed_link("<p>none</p>", "http://site.example/") == ""
    assert feed_link("", "http://site.example/") == ""


@settings(max_examples=50)
@given(st.text(max_size=200))
def test_nothing_breaks_the_reader(text: str) -> None:
    now = datetime(2026, 5, 20, tzinfo=UTC)
    with suppress(UnknownPage):
        read_feed(f"<rss version='2.0'><channel><item><title>{text}".encode(), URL, now)


def test_saved_feeds_are_read(testdata: Path, now: datetime) -> None:
    folder = testdata / "payloads"
    for name, entries in (
        ("feeds/rss-ruanyifeng.xml", 3),
        ("feeds/rss-github-atom.xml", 3),
        ("real_sites_seed7/wp/feed.xml", 20),
        ("real_sites_seed7/wp/atom.xml", 20),
        ("real_sites_seed7/typecho/rss1.xml", 5),
        ("real_sites_seed7/dz34gbk/rss-2.xml", 10),
    ):
        feed = read_feed((folder / name).read_bytes(), URL, now)
        assert len(feed.entries) >= entries, name
        assert all(entry.published and entry.title and entry.url for entry in feed.entries), name
