"""Reading pages of Discuz!."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.decode import decode
from crawler.pages import discuz
from crawler.pages.html import Element, parse
from crawler.pages.records import ClosedPage, ThreadPage, UnknownPage

PAGES = Path(__file__).parent / "pages"
URL = "http://site.example/thread-101-1-1.html"


def root_of(name: str) -> Element:
    root = parse((PAGES / name).read_text("utf-8"))
    assert root is not None
    return root


def test_a_thread_is_read_post_by_post(now: datetime) -> None:
    page = discuz.read_thread(root_of("discuz_thread_1.html"), URL, now)
    opening, reply = page.posts
    assert (page.tid, page.subject) == ("101", "清泉桶装水今天有股怪味")
    assert (page.views, page.replies, page.dropped) == (1204, 3, {"locked": 1})
    assert page.next_url == "http://site.example/thread-101-2-1.html"
    assert opening.first
    assert (opening.author, opening.author_id) == ("晚风", "22")
    assert opening.published == datetime(2026, 5, 20, 10, 52, 7, tzinfo=UTC)
    assert opening.edited == datetime(2026, 5, 20, 11, 5, tzinfo=UTC)
    assert opening.text == "刚换的一桶水，烧开以后有股塑料味。\n有没有邻居也遇到？"
    assert (reply.text, reply.quoted) == ("我家也是，客服说在查。", "501")
    assert reply.published == datetime(2026, 5, 20, 11, 1, 30, tzinfo=UTC)


def test_the_second_page_has_no_opening_post_and_an_undated_row_is_dropped(now: datetime) -> None:
    page = discuz.read_thread(root_of("discuz_thread_2.html"), URL, now)
    (post,) = page.posts
    assert (page.page, page.next_url, page.dropped) == (2, None, {"undated": 1})
    assert (post.first, post.author, post.author_id) == (False, "匿名", None)
    assert post.text == "等检测报告吧 😡"


def test_a_list_names_its_threads_and_marks_that_change_with_replies(now: datetime) -> None:
    page = discuz.read_list(root_of("discuz_list.html"), "http://site.example/", now)
    assert [row.tid for row in page.threads] == ["90", "101", "102"]
    assert page.threads[1].title == "清泉桶装水今天有股怪味"
    assert page.threads[1].mark == "3/2026-5-20 19:40"
    assert page.next_url == "http://site.example/forum-7-2.html"


def test_an_index_names_its_forums(now: datetime) -> None:
    root = parse(
        "<a href='forum-2-1.html'>甲</a><a href='forum.php?mod=forumdisplay&fid=3'>乙</a>"
        "<a href='forum-2-1.html'>甲</a><a href='http://else.example/forum-9-1.html'>外</a>"
    )
    page = discuz.read_list(root, "http://site.example/", now)
    assert page.forums == (
        "http://site.example/forum-2-1.html",
        "http://site.example/forum.php?mod=forumdisplay&fid=3",
    )


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("抱歉，您需要登录后才能查看", "login_needed"),
        ("抱歉，本帖要求阅读权限高于 50 才能浏览", "login_needed"),
        ("抱歉，指定的主题不存在或已被删除或正在被审核", "gone"),
        ("您的操作过于频繁，请稍候再试", "blocked"),
    ],
)
def test_a_message_in_place_of_content_is_named(words: str, kind: str, now: datetime) -> None:
    root = parse(f"<div id='messagetext'><p>{words}</p></div>")
    with pytest.raises(ClosedPage, match=words) as caught:
        discuz.read_thread(root, URL, now)
    assert caught.value.kind == kind


def test_a_shell_without_posts_or_rows_is_refused(now: datetime) -> None:
    with pytest.raises(UnknownPage):
        discuz.read_thread(parse("<div id='postlist'></div>"), URL, now)
    with pytest.raises(UnknownPage):
        discuz.read_list(parse("<p>新版首页</p>"), URL, now)
    row = "<div id='threadlist'><table><tbody id='normalthread_1'></tbody></table></div>"
    with pytest.raises(UnknownPage):
        discuz.read_list(parse(row), URL, now)


def test_addresses_of_both_styles_are_understood() -> None:
    assert discuz.thread_of("http://a/thread-55-2-1.html") == "55"
    assert discuz.thread_of("http://a/forum.php?mod=viewthread&tid=55&extra=page%3D1") == "55"
    assert discuz.forum_of("http://a/forum.php?mod=forumdisplay&fid=2&page=2") == "2"
    assert discuz.thread_page("http://a/thread-55-1-1.html", 3) == "http://a/thread-55-3-1.html"
    assert discuz.thread_page("http://a/f?tid=5&page=2", 3) == "http://a/f?tid=5&page=3"


def saved_threads(folder: Path) -> list[tuple[int, ThreadPage]]:
    seen = datetime(2026, 11, 23, 3, 2, 13, tzinfo=UTC)
    found = []
    for file in sorted(folder.glob("viewthread-*-*.html")):
        tid, number = map(int, re.findall(r"\d+", file.stem))
        root = parse(decode(file.read_bytes()))
        try:
            page = discuz.read_thread(root, f"http://a/thread-{tid}-{number}-1.html", seen)
        except ClosedPage:
            continue
        if page.page == number:
            found.append((tid, page))
    return found


def expected_posts(thread: dict[str, Any], page: int) -> list[dict[str, Any]]:
    visible = [post for post in thread["posts"] if post["visible"]]
    return [post for post in visible[(page - 1) * 10 : page * 10] if not post["blocked"]]


@pytest.mark.parametrize("engine", ["dz35", "dz34gbk"])
def test_saved_forums_give_every_visible_post_and_nothing_hidden(
    engine: str, testdata: Path
) -> None:
    folder = testdata / "payloads" / "real_sites_seed7"
    truth = json.loads((folder / "truth" / f"{engine}.json").read_text("utf-8"))
    threads = {thread["tid"]: thread for thread in truth["threads"]}
    pages = saved_threads(folder / engine)
    checked = 0
    for tid, page in pages:
        wanted = expected_posts(threads[tid], page.page)
        assert [post.key for post in page.posts] == [str(post["pid"]) for post in wanted]
        assert page.subject == threads[tid]["subject"]
        for post, true in zip(page.posts, wanted, strict=True):
            checked += 1
            assert post.author == true["author"]
            assert post.author_id == str(true["authorid"])
            assert post.published is not None
            assert abs(post.published.timestamp() - true["epoch"]) < 60
            assert (post.edited is not None, post.quoted is not None) == (
                true["edited"],
                true["has_quote"],
            )
            assert all(" ".join(each.split()) in post.text for each in true["paras"])
            assert not any(mark in post.text for mark in truth["must_not_appear"])
    assert checked == 79
