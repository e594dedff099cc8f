from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from threading import Thread

import httpx2
import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from chengqing.demo import front
from chengqing.demo.newsroom import statement_in
from chengqing.demo.site import DemoSite, SiteError
from chengqing.demo.world import World

At = Callable[[float], datetime]


@pytest.fixture
def http() -> Iterator[httpx2.Client]:
    with httpx2.Client(trust_env=False, timeout=20) as client:
        yield client


def _front(world: World, now: datetime) -> TestClient:
    urls = dict.fromkeys(("front", "weibo", "forum", "news", "feed"), "http://127.0.0.1:1/")
    return TestClient(front.make(world, lambda: now, lambda: urls))


def test_every_platform_answers_and_stops(world: World, at: At, http: httpx2.Client) -> None:
    with DemoSite(world, lambda: at(4)) as site:
        urls = site.urls
        for url in urls.as_dict().values():
            assert http.get(url).status_code == 200
        assert len(set(urls.hosts)) == 4
        for host in urls.hosts:
            assert http.get(f"http://{host}/robots.txt").text.startswith("User-agent")
    with pytest.raises(SiteError):
        _ = site.urls
    with pytest.raises(httpx2.ConnectError):
        http.get(urls.front)


def test_a_taken_port_is_named(world: World, at: At) -> None:
    with DemoSite(world, lambda: at(0)) as site:
        taken = int(site.urls.hosts[0].rsplit(":", 1)[1])
        with pytest.raises(SiteError, match=str(taken)):
            DemoSite(world, lambda: at(0), port=taken).start()


def test_stopping_what_never_started_is_harmless(world: World, at: At) -> None:
    DemoSite(world, lambda: at(0)).stop()


def test_the_front_page_tells_where_and_when(world: World, at: At) -> None:
    page = _front(world, at(2)).get("/").text
    for word in ("围炉微博", "树苗屋亲子论坛", "江湾新闻网", "虚构", "尚未发声", "2.0 小时"):
        assert word in page


def test_a_reported_statement_turns_the_affair(world: World, at: At) -> None:
    there = _front(world, at(4))
    assert there.get("/demo/state").json()["statement"] is None
    told = {"at": at(3.9).isoformat(), "text": "全额退款"}
    assert there.post("/demo/statement", json=told).status_code == 200
    assert world.statement is not None
    assert world.statement.answered == {"return"}
    assert "声明已于" in there.get("/").text
    assert there.get("/demo/state").json()["statement"] == at(3.9).isoformat()


def test_a_bare_report_means_now_and_everything(world: World, at: At) -> None:
    assert _front(world, at(4)).post("/demo/statement").status_code == 200
    assert world.statement is not None
    assert (world.statement.at, world.statement.answered) == (at(4), None)


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b'{"at": 3}', b'{"at": "soon"}', b'{"at": "2026-11-27T10:00:00"}', b"\xff"],
)
def test_a_malformed_report_changes_nothing(world: World, at: At, body: bytes) -> None:
    answer = _front(world, at(4)).post("/demo/statement", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert world.statement is None


def test_a_huge_report_is_refused(world: World, at: At) -> None:
    answer = _front(world, at(4)).post("/demo/statement", content=b"x" * (front.MOST_BYTES + 1))
    assert answer.status_code == 400


def test_the_public_reads_the_newsroom(world: World, at: At) -> None:
    item = {"title": "说明", "content_text": "全额退款", "date_published": at(3).isoformat()}
    body = json.dumps({"items": [item]}).encode()

    async def app(scope: object, receive: object, send: Callable[..., object]) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[misc]
        await send({"type": "http.response.body", "body": body})  # type: ignore[misc]

    config = uvicorn.Config(app, port=0, log_config=None, lifespan="off", ws="none")  # type: ignore[arg-type]
    server = uvicorn.Server(config)
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        with DemoSite(world, lambda: at(4), newsroom=f"http://127.0.0.1:{port}/feed.json") as site:
            follower = site._follower
            assert follower is not None
            follower._thread.join(timeout=20)
    finally:
        server.should_exit = True
        thread.join()
    assert world.statement is not None
    assert (world.statement.at, world.statement.answered) == (at(3), {"return"})


def test_a_newsroom_that_is_not_there_yet_is_no_error(world: World, at: At) -> None:
    with DemoSite(world, lambda: at(0), newsroom="http://127.0.0.1:9/feed.json"):
        pass
    assert world.statement is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["items", "title", "date_published"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=40, deadline=None)
@given(_JSON)
def test_any_feed_is_read_or_not(feed: object) -> None:
    found = statement_in(feed)
    assert found is None or isinstance(found[1], str)


def test_the_oldest_item_is_the_statement(at: At) -> None:
    items = [{"title": "新", "date_published": at(6).isoformat()}, {"title": "旧"}]
    found = statement_in({"items": items})
    assert found is not None
    assert found[0] is None
    assert found[1].startswith("旧")
