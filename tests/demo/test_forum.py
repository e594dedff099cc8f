from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from lxml import html
from starlette.testclient import TestClient

from chengqing.demo import forum
from chengqing.demo.forum import pid_of, stamp
from chengqing.demo.world import World

At = Callable[[float], datetime]
Client = Callable[[float], TestClient]


@pytest.fixture
def client(world: World, at: At) -> Client:
    return lambda hours: TestClient(forum.make(world, lambda: at(hours)))


def test_the_list_has_the_marks_of_the_engine(client: Client) -> None:
    page = client(5).get("/forum-2-1.html")
    root = html.fromstring(page.text)
    assert root.xpath("//meta[@name='generator']/@content") == ["Discuz! X3.4"]
    assert root.xpath("string(//title)").endswith("Powered by Discuz!")
    assert root.xpath("//*[@id='threadlist']//table[@summary='forum_2']")
    assert len(root.xpath("//tbody[starts-with(@id,'stickthread_')]")) == 1
    rows = root.xpath("//tbody[starts-with(@id,'normalthread_')]")
    assert len(rows) >= 10
    for row in rows:
        assert row.xpath(".//a[contains(@class,'xst')]/@href")
        assert len(row.xpath(".//td[@class='by']")) == 2
        assert int(row.xpath("string(.//td[@class='num']/a)")) >= 0


def test_both_addresses_show_the_same(client: Client) -> None:
    there = client(5)
    assert there.get("/forum.php?mod=forumdisplay&fid=2").text == there.get("/forum-2-1.html").text
    tid = _threads(there)[0]
    dynamic = there.get(f"/forum.php?mod=viewthread&tid={tid}").text
    assert dynamic == there.get(f"/thread-{tid}-1-1.html").text


def _threads(client: TestClient) -> list[str]:
    root = html.fromstring(client.get("/forum-2-1.html").text)
    links = root.xpath("//a[contains(@class,'xst')]/@href")
    return [re.findall(r"thread-(\d+)", link)[0] for link in links]


def test_every_visible_post_stands_in_a_thread_once(client: Client, world: World, at: At) -> None:
    there = client(6)
    found: list[str] = []
    for tid in _threads(there):
        page = 1
        while True:
            root = html.fromstring(there.get(f"/thread-{tid}-{page}-1.html").text)
            posts = root.xpath("//*[@id='postlist']//table[starts-with(@id,'pid')]")
            assert 1 <= len(posts) <= forum.POSTS
            found += [post.get("id")[3:] for post in posts]
            if not root.xpath("//div[@class='pg']/a[@class='nxt']"):
                break
            page += 1
    wanted = [str(pid_of(each.post.number)) for each in world.visible(at(6), "forum")]
    assert sorted(found) == sorted(wanted)


def test_a_long_thread_has_pages(client: Client) -> None:
    there = client(6)
    pages = [
        there.get(f"/thread-{tid}-1-1.html").text
        for tid in _threads(there)
        if "下一页" in there.get(f"/thread-{tid}-1-1.html").text
    ]
    assert len(pages) >= 2


def test_past_the_end_comes_the_last_page(client: Client) -> None:
    there = client(6)
    tid = _threads(there)[1]
    last = there.get(f"/thread-{tid}-99-1.html")
    assert last.status_code == 200
    assert "nxt" not in last.text


def test_edit_notes_quotes_and_blocked_posts(client: Client) -> None:
    there = client(6)
    whole = "".join(there.get(f"/thread-{tid}-1-1.html").text for tid in _threads(there))
    assert "本帖最后由" in whole
    assert '<div class="quote"><blockquote>' in whole
    assert '<div class="locked">提示: <em>该帖被管理员或版主屏蔽</em></div>' in whole
    assert "罚到破产，老板抓起来判刑" not in whole


def test_a_reply_stands_in_its_thread_only_after_the_opener(at: At, world: World) -> None:
    world.statement_published(at(3))
    for _, posts in world.threads(at(8)).values():
        openers = [each.post.number for each in world.visible(at(8), "forum")]
        assert posts[0].post.number in openers
        assert posts[0].post.parent is None


def test_nothing_there_is_said_as_the_engine_says_it(client: Client) -> None:
    there = client(1)
    for path in ("/thread-9999-1-1.html", "/forum-7-1.html", "/forum.php?mod=viewthread&tid=x"):
        page = there.get(path)
        assert html.fromstring(page.text).xpath("//*[@id='messagetext']")


def test_the_index_leads_to_the_forum(client: Client) -> None:
    there = client(1)
    for path in ("/", "/forum.php"):
        assert 'href="forum-2-1.html"' in there.get(path).text
    assert "Disallow: /member.php" in there.get("/robots.txt").text


@pytest.mark.parametrize(
    ("ago", "words", "exact"),
    [
        (timedelta(seconds=5), "5\xa0秒前", True),
        (timedelta(minutes=5), "5\xa0分钟前", True),
        (timedelta(minutes=31), "半小时前", True),
        (timedelta(hours=2, minutes=3), "2\xa0小时前", True),
        (timedelta(days=1), "昨天\xa020:00", True),
        (timedelta(days=2), "前天\xa020:00", True),
        (timedelta(days=5), "5\xa0天前", True),
        (timedelta(days=20), "2026-11-1 20:00", False),
    ],
)
def test_dates(ago: timedelta, words: str, exact: bool) -> None:
    now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    shown = stamp(now - ago, now)
    assert shown.words == words
    assert (shown.title is not None) is exact
