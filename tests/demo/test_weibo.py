from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from chengqing.demo import weibo, weibo_app
from chengqing.demo.weibo import bid_of, count, created_at, html_of, mid_of, number_of
from chengqing.demo.world import ZONE, World

At = Callable[[float], datetime]
Client = Callable[[float], TestClient]


@pytest.fixture
def client(world: World, at: At) -> Client:
    return lambda hours: TestClient(weibo_app.make(world, lambda: at(hours)))


def _search(client: TestClient, words: str, page: int = 1) -> dict[str, Any]:
    container = quote(f"100103type=61&q={words}", safe="")
    path = f"/api/container/getIndex?containerid={container}&page_type=searchall&page={page}"
    answer: dict[str, Any] = client.get(path).json()
    return answer


def _posts(answer: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for card in answer["data"]["cards"]:
        assert card["card_type"] in (9, 11)
        found += [one["mblog"] for one in card.get("card_group", [card])]
    return found


def _all_posts(client: TestClient, words: str = "云朵獾") -> list[dict[str, Any]]:
    found, page = [], 1
    while (answer := _search(client, words, page))["ok"] == 1:
        found += _posts(answer)
        page += 1
    return found


def test_search_is_newest_first_ten_a_page_to_the_end(client: Client) -> None:
    there = client(4)
    first = _search(there, "云朵獾")
    assert first["data"]["cards"][0]["card_type"] == 11
    assert len(_posts(first)) == 10
    posts = _all_posts(there)
    numbers = [number_of(post["mid"]) for post in posts]
    assert len(numbers) == len(set(numbers)) == first["data"]["cardlistInfo"]["total"]
    exact = [_moment(post) for post in posts if "+0800" in post["created_at"]]
    assert exact == sorted(exact, reverse=True)


def _moment(post: dict[str, Any]) -> datetime:
    return datetime.strptime(post["created_at"], "%a %b %d %H:%M:%S %z %Y")


def test_search_by_q_beside_the_container(client: Client) -> None:
    query = {"containerid": "100103type=61", "q": "云朵獾 批号", "page": "1"}
    answer = client(3).get("/api/container/getIndex", params=query).json()
    assert all("批号" in post["text"] for post in _posts(answer))


@pytest.mark.parametrize("words", ["没有这样的词", ""])
def test_nothing_found_is_said_as_the_site_says_it(client: Client, words: str) -> None:
    answer = _search(client(3), words)
    assert answer["ok"] == 0
    assert answer["msg"] == "这里还没有内容"


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999", "²"])
def test_an_odd_page_is_the_first(client: Client, page: str) -> None:
    query = {"containerid": "100103type=61&q=云朵獾", "page": page}
    there = client(3)
    answer = there.get("/api/container/getIndex", params=query).json()
    assert _posts(answer) == _posts(_search(there, "云朵獾"))


def test_a_post_has_the_fields_of_the_site(client: Client) -> None:
    for post in _all_posts(client(4)):
        assert post["id"] == post["mid"]
        assert post["bid"] == bid_of(post["mid"])
        assert isinstance(post["isLongText"], bool)
        for name in ("reposts_count", "comments_count", "attitudes_count"):
            assert isinstance(post[name], int) or post[name].endswith("万")
        assert {"id", "screen_name", "verified", "verified_type", "followers_count"} <= set(
            post["user"]
        )


def test_every_kind_of_account_is_verified_in_its_way(client: Client) -> None:
    kinds = {post["user"]["verified_type"] for post in _all_posts(client(5))}
    assert kinds == {-1, 0, 1, 2, 3}
    assert any(
        post["user"]["verified_type_ext"] == 1
        for post in _all_posts(client(5))
        if post["user"]["verified_type"] == 0
    )


def test_a_repost_carries_its_original(client: Client) -> None:
    passed = [post for post in _all_posts(client(4)) if "retweeted_status" in post]
    assert passed
    assert passed[0]["retweeted_status"]["user"]["screen_name"] == "小满妈在路上"


def test_a_long_post_is_cut_and_read_whole_elsewhere(client: Client, world: World) -> None:
    there = client(4)
    long = [post for post in _all_posts(there) if post["isLongText"]]
    assert long
    whole = {mid_of(p.number): html_of(p.text) for p in world.script.posts}
    for post in long:
        assert post["text"].endswith("全文</a>")
        extended = there.get("/statuses/extend", params={"id": post["id"]}).json()
        assert extended["data"]["longTextContent"] == whole[post["id"]]
        assert there.get("/statuses/show", params={"id": post["id"]}).json()["ok"] == 1


def test_comments_turn_by_cursor_and_hold_those_below(client: Client, world: World) -> None:
    there = client(7)
    hot = [post for post in _all_posts(there) if post["comments_count"] not in (0, 1)]
    for post in hot:
        number = number_of(post["mid"])
        below = {p.number for p in world.script.posts if p.parent == number}
        found: set[int | None] = set()
        after: int | None = None
        while after != 0:
            query = {"id": post["id"], "mid": post["id"], "max_id_type": 0}
            if after:
                query["max_id"] = after
            answer = there.get("/comments/hotflow", params=query).json()
            if answer["ok"] == 0:
                break
            rows = answer["data"]["data"]
            assert len(rows) <= weibo.COMMENTS
            found |= {number_of(row["id"]) for row in rows}
            for row in rows:
                assert row["rootid"] == row["id"]
                for child in row["comments"] or []:
                    assert child["rootid"] == row["id"]
            after = answer["data"]["max_id"]
        assert found <= below
        assert len(found) > 1 or len(below) < 2
    assert len(hot) >= 10


def test_comments_count_moves_only_with_comments(client: Client, world: World, at: At) -> None:
    early, late = weibo.Timeline(world, at(2)), weibo.Timeline(world, at(2.5))
    for number, shown in early.shown.items():
        if len(early.thread(number)) == len(late.thread(number)):
            assert early.comments_count(shown) == late.comments_count(late.shown[number])


def test_pages_for_people(client: Client) -> None:
    there = client(4)
    post = _all_posts(there)[0]
    assert "云朵獾" in there.get("/").text
    for path in (f"/detail/{post['id']}", f"/status/{post['bid']}"):
        page = there.get(path)
        assert "$render_data = [{" in page.text
        assert post["user"]["screen_name"] in page.text
    assert there.get("/detail/5230000000000001").status_code == 404
    assert there.get("/status/²").status_code == 404


def test_what_is_not_out_yet_is_not_there(client: Client, world: World) -> None:
    later = next(p for p in world.script.posts if p.phase == "anger" and p.platform == "weibo")
    mid, there = mid_of(later.number), client(0.5)
    assert there.get("/statuses/show", params={"id": mid}).json()["ok"] == 0
    assert there.get("/statuses/extend", params={"id": mid}).json()["ok"] == 0
    assert there.get("/comments/hotflow", params={"id": mid}).json()["ok"] == 0
    assert there.get(f"/detail/{mid}").status_code == 404


def test_robots_and_login(client: Client) -> None:
    assert "User-agent: *" in client(1).get("/robots.txt").text
    assert client(1).get("/api/config").json()["data"]["login"] is False


def test_times_as_the_site_shows_them(world: World, at: At) -> None:
    shown = next(
        e
        for e in world.visible(at(6), "weibo")
        if e.post.number % weibo.RELATIVE == 0 and e.published > at(0)
    )
    here = shown.published.astimezone(ZONE)
    assert created_at(shown, shown.published) == "刚刚"
    assert created_at(shown, shown.published + timedelta(minutes=5, seconds=59)) == "5分钟前"
    assert created_at(shown, shown.published + timedelta(days=1)) == f"昨天 {here:%H:%M}"
    assert created_at(shown, shown.published + timedelta(days=3)).endswith("+0800 2026")
    assert created_at(shown, shown.published, exact=True).endswith("+0800 2026")


@pytest.mark.parametrize(
    ("value", "shown"), [(0, 0), (9_999, 9_999), (10_000, "1万"), (12_400, "1.2万")]
)
def test_counts(value: int, shown: int | str) -> None:
    assert count(value) == shown


@given(st.integers(1, 100_000))
def test_ids_come_back(number: int) -> None:
    assert number_of(mid_of(number)) == number
    assert len(mid_of(number)) == 16


@pytest.mark.parametrize("mid", ["", "x", "1", "²", "5230000000000001", "9" * 60])
def test_odd_ids_are_nobody(mid: str) -> None:
    assert number_of(mid) is None


def test_short_ids_have_four_places_a_group() -> None:
    assert bid_of("10000000") == "10000"
    assert bid_of("1" + "0000061") == "1000Z"
    assert bid_of("61") == "Z"


def test_markup_is_escaped_then_marked() -> None:
    assert html_of("<b>&[怒]") == (
        '&lt;b&gt;&amp;<span class="url-icon"><img alt=[怒] src="/face.png" /></span>'
    )
    assert '<span class="surl-text">#抵制云朵獾#</span>' in html_of("#抵制云朵獾# 走")
    assert html_of("@某人 你好\n再见") == "<a href='/n/某人'>@某人</a> 你好<br />再见"
