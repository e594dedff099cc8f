"""The watch query language."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.nodes import Document, Near, Word, _close
from analysis.query import QueryError, parse


@pytest.mark.parametrize(
    ("query", "text", "answer"),
    [
        ("澄心 伊河", "伊河很好", True),
        ("澄心 AND 变质", "澄心变质了", True),
        ("澄心 AND 变质", "澄心很好", False),
        ("澄心 OR 伊河 AND 变质", "澄心", True),
        ("（澄心 OR 伊河） AND 变质", "伊河变质", True),
        ("澄心 NOT 招聘", "澄心招聘会", False),
        ("澄心 伊河 -招聘", "伊河招聘", False),
        ("澄心 AND NOT 招聘", "澄心牛奶", True),
        ("“二月三十号”", "二月三十号的奶", True),
        ('"two words"', "these TWO words", True),
        ("AI", "he said", False),
        ("ＡＩ", "用ai写的", True),
        ("covid-19", "新冠COVID-19", True),
        ("轉發", "转发微博", True),
        ("转发", "轉發微博", True),
        ("澄心 NEAR/3 致癌", "澄心的奶致癌", True),
        ("澄心 NEAR/3 致癌", "致癌？不，我说的是那个澄心", False),
        ("致癌 NEAR/3 澄心", "澄心会不会致癌", True),
        ("fast NEAR/1 chicken", "fast grown chicken", True),
        ("http://a.example/b", "见 http://a.example/b", True),
        ("时间:12:30", "时间:12:30", True),
    ],
)
def test_answers(query, text, answer):
    assert parse(query).matches(text) is answer


def test_fields():
    assert parse("author:人民日報").matches("", author="人民日报")
    assert not parse("author:人民").matches("", author="人民日报")
    assert parse("site:sina.example").matches("", site="news.sina.example")
    assert not parse("site:sina.example").matches("", site="notsina.example")
    assert parse("site:sina.example").matches("", site="https://news.sina.example:8443/a?b=c")
    assert not parse("site:sina.example").matches("", site="https://x.example/sina.example")
    assert parse('title:"召回 公告"').matches("正文", title="关于召回 公告")
    assert parse("platform:weibo AND 召回").matches("召回", platform="weibo")
    assert parse("召回").matches("", title="召回公告")


def test_near_reads_no_further_than_it_must():
    far = "澄心" * 60 + "，" * 50_000 + "致癌" * 60
    assert not parse("澄心 NEAR/200 致癌").matches(far)
    assert parse("澄心 NEAR/200 致癌").matches("澄心" + "好" * 200 + "致癌")
    assert not parse("澄心 NEAR/200 致癌").matches("澄心" + "好" * 201 + "致癌")


@pytest.mark.parametrize(
    ("query", "name", "position"),
    [
        ("", "empty", 0),
        ("(澄心", "unclosed", 0),
        ("澄心)", "unopened", 2),
        ("澄心 AND", "word_missing", 6),
        ("AND 澄心", "word_expected", 0),
        ('"澄心', "unclosed_quote", 0),
        ("澄心 foo:bar", "field", 3),
        ("author: 甲", "field_empty", 7),
        ("a NEAR/0 b", "near", 2),
        ("a NEAR/ b", "near", 2),
        ("(a b) NEAR/3 c", "near_words", 0),
        ("a ()", "empty_group", 2),
        ("a OR OR b", "word_expected", 5),
        ('""', "empty_phrase", 0),
        ("(" * 40 + "a", "too_deep", 30),
        ("a" * 200_001, "too_long", 200_000),
    ],
)
def test_errors_point_at_the_character(query, name, position):
    with pytest.raises(QueryError) as caught:
        parse(query)
    assert caught.value.why.key == f"signals.query_{name}"
    assert caught.value.position == position
    assert f"第 {position + 1} 个字符" in str(caught.value)


def test_ten_thousand_names_and_a_query_for_everything():
    query = parse(" ".join(f"牌子{n}号" for n in range(10_000)))
    assert query.matches("买了牌子9999号")
    assert not query.everything
    assert parse("NOT 招聘").everything
    assert parse("(甲 乙) AND 丙 NOT 丁").words() == {"甲", "乙", "丙"}


def outcome(query: str, text: str) -> object:
    try:
        return parse(query).matches(text)
    except QueryError as error:
        return error.position


@given(st.text(alphabet='甲乙a "()-ANDORNOTEAR/5:“（：\n', max_size=30), st.text(max_size=20))
def test_any_query_is_read_or_refused(query, text):
    assert outcome(query, text) in {True, False, *range(len(query) + 1)}


@given(st.text("甲乙丙 a", max_size=40), st.sampled_from(("甲", "a", "甲乙")), st.integers(1, 6))
def test_near_finds_what_trying_every_pair_of_places_finds(text, word, distance):
    near = Near(Word(word), Word("乙"), distance)
    pairs = product(near.left.places(text), near.right.places(text))
    every = any(_close(text, one, other, distance) for one, other in pairs)
    assert near.matches(Document(text)) is every
