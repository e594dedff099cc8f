"""Many queries at once answer as each alone."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.query import parse
from analysis.watchlist import Watchlist

QUERIES = {
    1: "澄心 牛奶",
    2: "澄心 AND NOT 招聘",
    3: "author:日报",
    4: "NOT 牛奶",
    5: "title:召回 OR 澄心",
    6: "奶 NEAR/2 坏",
    7: "site:a.example AND 牛",
    8: "(牛奶 OR platform:weibo) AND 坏",
}


@settings(max_examples=60)
@given(
    st.text(alphabet="澄心牛奶坏招聘，召回 ", max_size=14),
    st.sampled_from(["", "召回公告"]),
    st.sampled_from(["", "日报"]),
    st.sampled_from(["", "weibo"]),
    st.sampled_from(["", "b.a.example"]),
)
def test_together_as_alone(text, title, author, platform, site):
    parsed = {key: parse(query) for key, query in QUERIES.items()}
    fields = (text, title, author, platform, site)
    alone = [key for key, query in parsed.items() if query.matches(*fields)]
    assert Watchlist(parsed).matching(*fields) == alone


def test_no_queries_and_ten_thousand_names():
    assert Watchlist({}).matching("牛奶") == []
    many = {n: parse(f"牌子{n}号") for n in range(10_000)}
    assert Watchlist(many).matching("牌子42号和牌子9999号") == [42, 9_999]


SPELT = ["蒙牛ＡＢＣ", "蒙牛abc", "蒙牛Abc", "產品", "产品", "（召回）", "(召回)", "無\0字"]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(SPELT), st.sampled_from(["", *SPELT])), max_size=6))
def test_many_texts_as_each_alone_in_any_width_and_script(mentions):
    queries = {1: parse("蒙牛ABC"), 2: parse("產品 OR title:蒙牛ａｂｃ"), 3: parse("召回 AND 產品")}
    watch = Watchlist(queries)
    given = [(text, title, "", "", "") for text, title in mentions]
    alone = [[key for key, query in queries.items() if query.matches(*one)] for one in given]
    assert watch.sort(given) == alone
    assert 1 in watch
    assert 4 not in watch


def test_full_and_half_width_and_both_scripts_are_one():
    watch = Watchlist({1: parse("臺灣啤酒ＡＢ"), 2: parse("台湾啤酒ab")})
    assert watch.matching("台灣啤酒Ａb") == watch.matching("臺湾啤酒AB") == [1, 2]
