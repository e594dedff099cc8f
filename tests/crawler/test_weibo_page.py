"""Reading answers of m.weibo.cn."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pages import weibo
from crawler.pages.records import ClosedPage, UnknownPage
from storage.line import MentionLine

PAGES = Path(__file__).parent / "pages"
BASE = "https://m.weibo.example"


def cards(now: datetime) -> list[weibo.Card]:
    data = weibo.data_of(json.loads((PAGES / "weibo_search.json").read_text("utf-8")))
    return [
        card
        for post in weibo.posts_of(data)
        for card in weibo.read_post(post, BASE, "微博搜索", now)
    ]


def test_posts_come_out_of_single_and_grouped_cards(now: datetime) -> None:
    ids = [card.line.id for card in cards(now)]
    assert ids == ["5001", "5002", "5003", "4901", "5004"]


def test_a_post_is_read_whole(now: datetime) -> None:
    line = cards(now)[0].line
    assert line.text == "清泉的水怎么回事[怒]\n求一个说法"
    assert line.published == datetime(2026, 5, 20, 11, 55, tzinfo=UTC)
    assert line.author is not None
    assert (line.author.id, line.author.name, line.author.kind) == ("71", "晚风", "person")
    assert line.author.followers == 12_000
    assert (line.counts.likes, line.counts.comments, line.counts.reposts) == (1_000_000, 2, 3)
    assert (line.kind, line.thread, line.parent, line.region) == ("post", "5001", None, "河南")
    assert line.url == "https://m.weibo.example/detail/5001"


def test_a_long_post_asks_for_its_text(now: datetime) -> None:
    card = cards(now)[1]
    assert card.is_long
    whole = weibo.with_long_text(card.line, {"longTextContent": "全文在此<br/>第二段"})
    assert whole.text == "全文在此\n第二段"
    assert card.line.author is not None
    assert card.line.author.kind == "media"


def test_a_repost_of_a_deleted_post_stands_alone(now: datetime) -> None:
    line = cards(now)[2].line
    assert (line.kind, line.parent, line.thread) == ("repost", "4900", "4900")


def test_a_repost_brings_what_it_passes_on(now: datetime) -> None:
    original, repost = (card.line for card in cards(now)[3:])
    assert (original.kind, original.thread) == ("post", "4901")
    assert (repost.kind, repost.parent, repost.thread) == ("repost", "4901", "4901")
    assert repost.author is not None
    assert repost.author.kind == "company"


def test_comments_and_those_below_them(now: datetime) -> None:
    post = cards(now)[0].line
    data = weibo.data_of(json.loads((PAGES / "weibo_comments.json").read_text("utf-8")))
    first, below, third = weibo.read_comments(data, post, now)
    assert (first.kind, first.parent, first.thread) == ("comment", "5001", "5001")
    assert (first.text, first.counts.likes, first.region) == ("同问[doge]", 12, "河南")
    assert (below.parent, below.thread, below.text) == ("6001", "5001", "回复@甲:一样")
    assert (third.author, third.published) == (None, datetime(2026, 5, 20, 11, tzinfo=UTC))
    assert weibo.next_comments(data) == ""
    assert weibo.next_comments({"max_id": 9, "max_id_type": 1}) == "&max_id=9&max_id_type=1"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"ok": 0, "msg": "这里还没有内容", "data": {"cards": []}}, "gone"),
        ({"ok": -100, "url": "https://passport.weibo.com/sso/signin"}, "login_needed"),
    ],
)
def test_answers_without_content_are_named(answer: object, kind: str) -> None:
    with pytest.raises(ClosedPage) as caught:
        weibo.data_of(answer)
    assert caught.value.kind == kind


@pytest.mark.parametrize("answer", [[], {}, "x", None, {"ok": 1}, {"ok": 1, "data": []}, {"ok": 7}])
def test_answers_of_another_shape_are_refused(answer: object) -> None:
    with pytest.raises(UnknownPage):
        weibo.data_of(answer)


@pytest.mark.parametrize(
    "mblog", [{"user": {}}, {"id": 1, "user": {}}, {"id": 1, "text": 5, "user": {}}]
)
def test_posts_of_another_shape_are_refused(mblog: dict[str, Any], now: datetime) -> None:
    with pytest.raises(UnknownPage):
        weibo.read_post(mblog, BASE, "", now)


@pytest.mark.parametrize(
    "url",
    [
        "https://m.weibo.cn/search?containerid=100103type%3D1%26q%3D%E6%B8%85%E6%B3%89",
        "https://m.weibo.cn/api/container/getIndex?containerid=100103type%3D61%26q%3D清泉&page=2",
        "https://m.weibo.cn/?q=清泉",
        "https://m.weibo.cn?q=清泉",
    ],
)
def test_the_search_is_found_in_the_address(url: str) -> None:
    assert weibo.search_of(url, None) == ("https://m.weibo.cn", "清泉")


def test_a_base_may_have_a_path_and_words_of_its_own() -> None:
    assert weibo.search_of("http://a:1/weibo/", "水 质") == ("http://a:1/weibo", "水 质")
    with pytest.raises(ValueError, match="q="):
        weibo.search_of("https://m.weibo.cn/", None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["ok", "data", "cards", "mblog", "card_group", "id", "text", "user"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_odd_answers_are_refused_and_break_nothing(answer: object) -> None:
    now = datetime(2026, 5, 20, 12, tzinfo=UTC)
    with suppress(UnknownPage, ClosedPage):
        for post in weibo.posts_of(weibo.data_of(answer)):
            weibo.read_post(post, BASE, "", now)


def test_saved_answers_are_read(testdata: Path) -> None:
    folder = testdata / "payloads" / "weibo_m"
    seen = datetime(2019, 6, 16, 4, tzinfo=UTC)

    def load(name: str) -> Any:
        return json.loads((folder / f"{name}.json").read_text("utf-8"))

    lines: list[MentionLine] = []
    for name in ("weiboAPI_cards1", "weibo_ys_list_0"):
        for post in weibo.posts_of(weibo.data_of(load(name))):
            lines += [card.line for card in weibo.read_post(post, BASE, "", seen)]
    assert all(line.text and line.published and line.author for line in lines)
    assert lines[0].published == datetime(2019, 6, 13, 16, tzinfo=UTC)
    assert sum(line.kind == "repost" for line in lines) >= 2
    comments = weibo.read_comments(weibo.data_of(load("weiboAPI_comments2")), lines[0], seen)
    assert len(comments) > 20
    older = weibo.read_comments(weibo.data_of(load("weiboAPI_comments1")), lines[0], seen)
    assert older[-1].published == seen
    with pytest.raises(ClosedPage):
        weibo.data_of(load("weibo_err_profile"))
