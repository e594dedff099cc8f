from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import feedparser
import pytest
from lxml import html
from starlette.testclient import TestClient

from chengqing.demo import news
from chengqing.demo.world import World

At = Callable[[float], datetime]
Client = Callable[[float], TestClient]


@pytest.fixture
def client(world: World, at: At) -> Client:
    return lambda hours: TestClient(
        news.make(world, lambda: at(hours)), base_url="http://127.0.0.1:8123"
    )


def test_the_feed_is_rss_2_newest_first(client: Client) -> None:
    answer = client(6).get("/rss.xml")
    assert answer.headers["content-type"].startswith("application/rss+xml")
    feed = feedparser.parse(answer.content)
    assert feed.version == "rss20"
    assert not feed.bozo
    times = [entry.published_parsed for entry in feed.entries]
    assert times == sorted(times, reverse=True)
    assert all(entry.link.startswith("http://127.0.0.1:8123/a/") for entry in feed.entries)
    assert len({entry.id for entry in feed.entries}) == len(feed.entries) >= 10


def test_an_unchanged_feed_is_not_sent_again(client: Client) -> None:
    there = client(6)
    tag = there.get("/rss.xml").headers["etag"]
    assert there.get("/rss.xml", headers={"If-None-Match": tag}).status_code == 304
    assert client(3).get("/rss.xml", headers={"If-None-Match": tag}).status_code == 200


def test_an_article_says_when_where_and_who(client: Client) -> None:
    there = client(6)
    feed = feedparser.parse(there.get("/rss.xml").content)
    for entry in feed.entries:
        root = html.fromstring(there.get(entry.link).text)
        when = root.xpath("//meta[@property='article:published_time']/@content")[0]
        assert datetime.fromisoformat(when).utctimetuple()[:5] == entry.published_parsed[:5]
        assert root.xpath("string(//h1)") == entry.title
        assert "来源：" in root.xpath("string(//span[@class='source'])")
        assert root.xpath("//nav//a")
        assert root.xpath("//article/p")


def test_what_is_not_out_yet_is_not_there(client: Client) -> None:
    late = feedparser.parse(client(8).get("/rss.xml").content).entries[0]
    assert client(1).get(late.link).status_code == 404
    assert late.title not in client(1).get("/").text
    assert late.title in client(8).get("/").text


def test_robots(client: Client) -> None:
    assert "Allow: /" in client(1).get("/robots.txt").text
