"""The main text of pages."""

from __future__ import annotations

import json
import re
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract import NothingHere, extract
from templates.catalogue import say

PAGES = Path(__file__).parent / "pages"
#: Measured 0.975 and 0.823; the build fails where extraction falls clearly below.
FLOORS = {"gold_article": 0.96, "gold_forum": 0.80}


def test_an_article_is_told_from_its_surroundings(now: datetime) -> None:
    found = extract((PAGES / "article.html").read_bytes(), None, now)
    assert found.title == "清泉公司称已封存问题批次"
    assert found.author == "王小文"
    assert found.published == datetime(2026, 5, 20, 10, 30, tzinfo=UTC)
    assert found.source == "邻里晚报"
    assert found.site == "邻里晚报网"
    assert found.text.startswith("本报讯 清泉饮用水公司今天下午回应称")
    assert found.text.endswith("但上面没有写明原因。")
    assert found.text.count("\n") == 2
    assert "热点" not in found.text


def test_of_a_forum_thread_all_posts_in_order_and_nothing_hidden(now: datetime) -> None:
    found = extract((PAGES / "discuz_thread_1.html").read_bytes(), None, now)
    assert found.title == "清泉桶装水今天有股怪味"
    assert found.author == "晚风"
    assert found.text == (
        "刚换的一桶水，烧开以后有股塑料味。\n有没有邻居也遇到？\n我家也是，客服说在查。"
    )


def test_gbk_without_a_word_about_it_is_read(now: datetime) -> None:
    page = (PAGES / "article.html").read_text("utf-8").replace('<meta charset="utf-8">', "")
    assert "封存被投诉的批次" in extract(page.encode("gbk"), None, now).text


def test_talk_on_an_unknown_engine_is_read_with_its_replies(now: datetime) -> None:
    page = (PAGES / "talk.html").read_bytes()
    text = extract(page, "http://bbs.example/topic/5", now).text.split("\n")
    assert "路过的邻居说一声，东门水站今天还开着吗？" in text
    assert text.index("关门了") < text.index("贴了退换通知。")
    assert "回复" not in text


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (b"", "page_empty"),
        (b"   \n", "page_empty"),
        (b"%PDF-1.7 binary", "page_no_html"),
        ("<h2 class='weui-msg__title'>该内容已被发布者删除</h2>".encode(), "该内容已被发布者删除"),
    ],
)
def test_pages_without_a_text_say_so(page: bytes, why: str, now: datetime) -> None:
    with pytest.raises(NothingHere, match=why) as caught:
        extract(page, None, now)
    assert say(caught.value.detail.key, "zh", **caught.value.detail.values)


@settings(max_examples=60)
@given(st.binary(max_size=400))
def test_no_page_breaks_it(page: bytes) -> None:
    with suppress(NothingHere):
        extract(b"<html><p>" + page, None, datetime(2026, 5, 20, tzinfo=UTC))


def test_deep_nesting_is_survived(now: datetime) -> None:
    page = "<div>" * 5_000 + "<p>深处有一句完整的话，请把它读出来，谢谢大家。</p>"
    extract(page, None, now)


def grams(text: str) -> Counter[str]:
    dense = re.sub(r"\s+", "", text)
    return Counter(dense[at : at + 4] for at in range(max(1, len(dense) - 3)))


@pytest.mark.parametrize("folder", sorted(FLOORS))
def test_extraction_stays_as_good_as_measured(folder: str, testdata: Path, now: datetime) -> None:
    place = testdata / "payloads" / folder
    scores = []
    for stem, gold in json.loads((place / "gold.json").read_text("utf-8")).items():
        wanted = gold.get("text") or gold["content"]
        found = extract((place / f"{stem}.html").read_bytes(), gold.get("url"), now).text
        left, right = grams(wanted), grams(found)
        scores.append(2 * (left & right).total() / (left.total() + right.total()))
    assert sum(scores) / len(scores) >= FLOORS[folder]


def test_saved_news_pages_have_titles_and_times(testdata: Path, now: datetime) -> None:
    pages = sorted((testdata / "payloads" / "news").glob("*.html"))
    found = [extract(page.read_bytes(), None, now) for page in pages]
    assert sum(bool(each.title) for each in found) == len(pages)
    assert sum(each.published is not None for each in found) >= 0.95 * len(pages)
    assert sum(len(each.text) > 100 for each in found) >= 0.95 * len(pages)


def test_gone_articles_of_wechat_say_why(testdata: Path, now: datetime) -> None:
    for name, words in (("deleted_by_author", "发布者删除"), ("removed_for_violation", "违规")):
        page = testdata / "payloads" / "wechat" / f"{name}.html"
        with pytest.raises(NothingHere, match=words):
            extract(page.read_bytes(), None, now)
