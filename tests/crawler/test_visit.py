"""Real visits of a real site: the worker as it runs in production."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from scrapy.http import TextResponse

from crawler.fetch import Wish, fetch
from crawler.outcome import Outcome
from crawler.pages.records import ClosedPage, UnknownPage
from crawler.spiders.weibo import data_in
from templates.catalogue import say

if TYPE_CHECKING:
    from tests.crawler.conftest import Answer, Site, Visiting
else:
    Answer = Site = Visiting = Any

JSON = "application/json"


def put(site: Site, path: str, body: bytes | str = b"", **more: Any) -> None:
    """Let the site answer; a name of one of our pages stands for it."""
    if isinstance(body, str) and body.endswith((".html", ".json", ".xml")):
        body = site.page(body)
    site.answer(path, body, **more)


def put_forum(site: Site) -> None:
    put(site, "/forum-7-1.html", "discuz_list.html")
    put(site, "/forum-7-2.html", "discuz_list_2.html")
    put(site, "/thread-101-1-1.html", "discuz_thread_1.html")
    put(site, "/thread-101-2-1.html", "discuz_thread_2.html")
    put(site, "/thread-102-1-1.html", "discuz_message.html")


def test_a_forum_is_read_and_the_second_visit_asks_only_for_what_changed(
    site: Site, visit: Visiting
) -> None:
    put_forum(site)
    first = visit("forum", "/forum-7-1.html")
    host = site.host
    by_id = {line.id: line for line in first.lines}
    assert set(by_id) == {f"{host}/101", f"{host}/101/502", f"{host}/101/504"}
    opening, reply = by_id[f"{host}/101"], by_id[f"{host}/101/504"]
    assert (opening.kind, opening.title, opening.parent) == ("post", "清泉桶装水今天有股怪味", None)
    assert (opening.platform, opening.source, opening.counts.views) == ("forum", "来源", 1204)
    assert (reply.kind, reply.thread, reply.parent) == (
        "comment",
        f"{host}/101",
        f"{host}/101/502",
    )
    assert by_id[f"{host}/101/502"].parent == f"{host}/101"
    assert first.report.outcome is Outcome.OK
    assert first.report.dropped == {"locked": 1, "undated": 1, "login_needed": 1, "gone": 1}

    site.asked.clear()
    second = visit("forum", "/forum-7-1.html", state=first.report.state)
    assert "/thread-101-1-1.html" not in site.asked
    assert second.report.outcome in (Outcome.LOGIN_NEEDED, Outcome.DUPLICATES_ONLY)
    assert second.lines == []


def test_weibo_is_searched_with_whole_texts_and_comments(site: Site, visit: Visiting) -> None:
    search = "/api/container/getIndex?containerid=100103type%3D61%26q%3D%E6%B8%85%E6%B3%89"
    put(site, f"{search}&page_type=searchall&page=1", "weibo_search.json", kind=JSON)
    nothing = json.dumps({"ok": 0, "msg": "这里还没有内容", "data": {"cards": []}})
    put(site, f"{search}&page_type=searchall&page=2", nothing.encode(), kind=JSON)
    whole = json.dumps({"ok": 1, "data": {"longTextContent": "长微博的<br />全文"}})
    put(site, "/statuses/extend?id=5002", whole.encode(), kind=JSON)
    put(site, "/comments/hotflow", "weibo_comments.json", kind=JSON)
    found = visit("weibo", query="清泉")
    by_id = {line.id: line for line in found.lines}
    assert set(by_id) == {"5001", "5002", "5003", "4901", "5004", "6001", "6002", "6003"}
    assert by_id["5002"].text == "长微博的\n全文"
    assert by_id["6002"].parent == "6001"
    assert found.report.outcome is Outcome.OK
    assert found.report.state == {"comments": {"5001": 2}}


def test_a_feed_brings_its_articles_and_is_then_asked_only_for_changes(
    site: Site, visit: Visiting
) -> None:
    put(site, "/feed", "feed.xml", kind="text/xml", headers={"ETag": '"v1"'})
    put(site, "/news/1.html", "article.html", kind="image/png")
    put(site, "/news/2.html", write=truncated)
    found = visit("feed", "/feed")
    first, second = sorted(found.lines, key=lambda line: line.id)
    assert first.id == f"{site.host}/news/1.html"
    assert (first.kind, first.outlet, first.title) == (
        "article",
        "邻里晚报网",
        "清泉公司称已封存问题批次",
    )
    assert first.text.startswith("本报讯")
    assert first.published == datetime(2026, 5, 20, 10, 30, tzinfo=UTC)
    assert second.text == "摘要二：抽检结果两日内公布。"
    assert found.report.dropped == {"undated": 1, "network_error": 1}

    put(site, "/feed", b"", status=304)
    again = visit("feed", "/feed", state=found.report.state)
    assert site.seen["/feed"]["If-None-Match"] == '"v1"'
    assert (again.report.outcome, again.report.detail) == (Outcome.DUPLICATES_ONLY, None)


def test_robots_are_obeyed_unless_someone_takes_it_upon_themselves(
    site: Site, visit: Visiting, now: datetime
) -> None:
    put(site, "/robots.txt", b"User-agent: Chengqing\nDisallow: /news/\n", kind="text/plain")
    put(site, "/news/1.html", "article.html")
    refused = visit("article", "/news/1.html")
    assert (refused.report.outcome, site.asked) == (Outcome.ROBOTS_FORBIDDEN, ["/robots.txt"])
    override = {"by": "张三", "reason": "站方同意", "at": now}
    allowed = visit("article", "/news/1.html", robots_override=override)
    assert (allowed.report.outcome, len(allowed.lines)) == (Outcome.OK, 1)


def test_a_redirect_into_the_private_net_is_refused(site: Site, visit: Visiting) -> None:
    other = site.url.replace("127.0.0.1", "localhost")
    put(site, "/news/1.html", status=302, headers={"Location": f"{other}/secret"})
    put(site, "/secret", "article.html")
    found = visit("article", "/news/1.html")
    assert found.report.outcome is Outcome.NETWORK_ERROR
    assert found.report.detail is not None
    assert found.report.detail.key == "crawler.private_address"
    assert "/secret" not in site.asked
    assert "CHENGQING_ALLOW_PRIVATE" in say(found.report.detail.key, **found.report.detail.values)


def huge(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/xml")
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b"x" * 2**20)


def truncated(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write("<html><p>半页".encode())
    handler.close_connection = True


def test_a_feed_of_a_hundred_megabytes_is_given_up(site: Site, visit: Visiting) -> None:
    put(site, "/feed", write=huge)
    found = visit("feed", "/feed")
    assert found.report.outcome is Outcome.TOO_LARGE
    assert found.report.detail is not None
    assert found.report.detail.values["megabytes"] == 20


def test_the_visit_ends_at_its_time_with_what_it_has(site: Site, visit: Visiting) -> None:
    put_forum(site)
    put(site, "/thread-101-2-1.html", write=lambda handler: site.released.wait(60) and None)
    found = visit("discuz", "/forum-7-1.html", time_limit=4)
    assert found.report.outcome is Outcome.TIMEOUT
    assert found.report.seconds < 60


def test_fetch_says_by_its_exit_code_that_weibo_turned_us_away(site: Site, now: datetime) -> None:
    put(site, "/api/container/getIndex", status=418, kind=JSON)
    lines: list[str] = []
    wish = Wish("weibo", f"{site.url}/?q=清泉")
    found = fetch(wish, lines.append, now, allow_private=[site.host])
    assert found.report is not None
    assert (found.report.outcome, found.code, lines) == (Outcome.BLOCKED, 4, [])
    assert "418" in say(found.detail.key, "zh", **found.detail.values)


@pytest.mark.parametrize(
    ("answer", "error", "kind"),
    [
        (("https://passport.weibo.example/", 302, b""), ClosedPage, "login_needed"),
        (("", 200, b'{"ok":-100,"url":"x"}'), ClosedPage, "login_needed"),
        (("", 200, b"<script>Sina Visitor System</script>"), ClosedPage, "login_needed"),
        (("", 200, b'{"ok":0,"msg":"none"}'), ClosedPage, "gone"),
        (("", 200, b'{"cards":[]}'), UnknownPage, None),
        (("", 200, b"<html>502</html>"), UnknownPage, None),
        (("https://m.weibo.example/new", 301, b""), UnknownPage, None),
    ],
)
def test_what_weibo_answers_in_place_of_content(
    answer: tuple[str, int, bytes], error: type[Exception], kind: str | None
) -> None:
    place, status, body = answer
    headers = {"Location": place} if place else {}
    response = TextResponse("https://m.weibo.example/api", status, headers, body)
    with pytest.raises(error) as caught:
        data_in(response)
    assert getattr(caught.value, "kind", None) == kind


@pytest.mark.parametrize(
    "wish",
    [Wish("gopher", "http://a.example/"), Wish("weibo", "http://a.example/"), Wish("feed", "x")],
)
def test_fetch_refuses_wrong_usage_before_it_starts(wish: Wish, now: datetime) -> None:
    found = fetch(wish, lambda line: None, now)
    assert (found.code, found.report, found.detail.key) == (2, None, "crawler.bad_source")


def test_a_visit_that_cannot_begin_is_no_empty_place_and_forgets_nothing(visit: Visiting) -> None:
    held = {"comments": {"5001": 3}}
    report = visit("weibo", "/", state=held).report
    assert report.outcome == Outcome.MARKUP_CHANGED
    assert report.detail is not None
    assert report.detail.key == "crawler.not_begun"
    assert "no search words" in str(report.detail.values["what"])
    assert report.state == held


def test_the_cookie_goes_to_its_own_host_only(
    site: Site, visit: Visiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHENGQING_COOKIE_SITE", "sid=secret")
    put(site, "/feed", "feed.xml", kind="text/xml")
    visit("feed", "/feed", cookie_setting="SITE")
    assert site.seen["/feed"]["Cookie"] == "sid=secret"
    assert site.seen["/feed"]["User-Agent"].startswith("Chengqing/")


def test_a_cookie_may_lie_in_the_file_of_secrets(
    site: Site, visit: Visiting, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "chengqing.env").write_text("CHENGQING_COOKIE_SITE='sid=secret'\n", "utf-8")
    put(site, "/feed", "feed.xml", kind="text/xml")
    visit("feed", "/feed", cookie_setting="SITE")
    assert site.seen["/feed"]["Cookie"] == "sid=secret"


def test_a_site_that_redirects_for_ever_is_told_as_that(site: Site, visit: Visiting) -> None:
    site.answer("/feed", status=302, headers={"Location": "/feed"})
    report = visit("feed", "/feed").report
    assert report.outcome == Outcome.NETWORK_ERROR
    assert report.detail is not None
    assert report.detail.key == "crawler.redirects"
