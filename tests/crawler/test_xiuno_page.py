"""Reading pages of Xiuno BBS."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.decode import decode
from crawler.extract import extract
from crawler.pages import xiuno
from crawler.pages.html import Element, parse
from crawler.pages.records import ClosedPage, UnknownPage

PAGES = Path(__file__).parent / "pages"
SITE = "http://site.example/"


def root_of(name: str) -> Element:
    root = parse((PAGES / name).read_text("utf-8"))
    assert root is not None
    return root


def test_a_thread_is_read_post_by_post(now: datetime) -> None:
    root = root_of("xiuno_thread.html")
    page = xiuno.read_thread(root, f"{SITE}?thread-9.htm", now)
    opening, reply = page.posts
    assert xiuno.is_made_by(root)
    assert xiuno.is_thread(root)
    assert (page.tid, page.subject, page.page) == ("9", "清泉水站今天停业", 1)
    assert (page.views, page.replies, page.dropped) == (96, 12, {"undated": 1})
    assert page.next_url == f"{SITE}?thread-9-2.htm"
    assert (opening.first, opening.author, opening.author_id) == (True, "晚风", "22")
    assert opening.published == datetime(2026, 5, 20, 11, 12, tzinfo=UTC)
    assert opening.text == "东门水站贴了停业通知。\n有人知道原因吗？"
    assert (reply.key, reply.text) == ("31", "说是设备检修。")


def test_a_list_and_an_index(now: datetime) -> None:
    root = root_of("xiuno_list.html")
    page = xiuno.read_list(root, f"{SITE}?forum-3.htm", now)
    (row,) = page.threads
    assert (row.tid, row.url, row.mark) == ("9", f"{SITE}?thread-9.htm", "12/")
    assert page.next_url == f"{SITE}?forum-3-2.htm"
    assert not xiuno.is_thread(root)
    index = xiuno.read_list(root, SITE, now)
    assert index.forums == (f"{SITE}?forum-3.htm", f"{SITE}?forum-4.htm")


def test_other_shapes_are_refused(now: datetime) -> None:
    with pytest.raises(UnknownPage):
        xiuno.read_thread(parse("<div class='card-thread'></div>"), f"{SITE}?thread-9.htm", now)
    with pytest.raises(UnknownPage):
        xiuno.read_list(parse("<div id='body'>新版</div>"), f"{SITE}?forum-3.htm", now)
    with pytest.raises(ClosedPage):
        xiuno.read_list(
            parse("<div id='body'>您所在的用户组无权访问</div>"), f"{SITE}?forum-3.htm", now
        )


def test_its_threads_are_extracted_whole(now: datetime) -> None:
    found = extract((PAGES / "xiuno_thread.html").read_bytes(), f"{SITE}?thread-9.htm", now)
    assert found.text == "东门水站贴了停业通知。\n有人知道原因吗？\n说是设备检修。"


def test_saved_threads_give_every_post(testdata: Path) -> None:
    folder = testdata / "payloads" / "real_sites_seed7"
    truth = json.loads((folder / "truth" / "xiuno.json").read_text("utf-8"))
    threads = {thread["tid"]: thread for thread in truth["threads"]}
    seen = datetime(2026, 11, 23, 3, 2, 30, tzinfo=UTC)
    checked = 0
    for file in sorted((folder / "xiuno").glob("thread-*-*.html")):
        tid, number = map(int, re.findall(r"\d+", file.stem))
        posts = threads[tid]["posts"][(number - 1) * 10 : number * 10]
        if not posts:
            continue
        url = f"http://a/?thread-{tid}-{number}.htm"
        page = xiuno.read_thread(parse(decode(file.read_bytes())), url, seen)
        assert page.subject == threads[tid]["subject"]
        for post, true in zip(page.posts, posts, strict=True):
            checked += 1
            assert (post.author, post.first) == (true["author"], true["first"])
            assert all(" ".join(each.split()) in post.text for each in true["paras"])
            assert post.published is not None
            # Older posts show only "3月前" or a day.
            assert abs(post.published.timestamp() - true["epoch"]) < 31 * 86_400
    assert checked == 92
