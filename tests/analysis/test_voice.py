"""Shares with intervals, and what carries our words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.copies import carries
from analysis.mood import Mood
from analysis.voice import Voice, shares, voice

RELEASE = (
    "经第三方机构检测，涉事批次产品各项指标均符合国家标准。"
    "我们已将检测报告在官网公布，欢迎公众查询。"
)


def test_shares_have_intervals():
    found = shares({"we": 30, "they": 70})
    assert found["we"].share == pytest.approx(0.3)
    assert found["we"].low == pytest.approx(0.219, abs=0.002)
    assert found["we"].high == pytest.approx(0.396, abs=0.002)


def test_shares_of_nothing_may_be_anything():
    assert (shares({"we": 0})["we"].low, shares({"we": 0})["we"].high) == (0, 1)


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 10**6), max_size=6))
def test_shares_lie_in_their_intervals(counts):
    for part in shares(counts).values():
        assert 0 <= part.low <= part.share <= part.high <= 1


def test_a_quote_of_the_release_carries_it():
    texts = [
        "转：涉事批次产品各项指标均符合国家标准，检测报告在官网公布",
        "我不信什么检测报告，退钱！",
        "",
        "符合国家标准",
    ]
    assert carries(texts, RELEASE).tolist() == [True, False, False, False]
    assert carries([], RELEASE).tolist() == []
    assert carries(texts, " ").tolist() == [False] * 4


def test_each_mention_has_one_voice():
    angry = (Mood.DOUBT, Mood.HOSTILITY)
    assert voice(angry, carried=True) is Voice.FACTS
    assert voice(angry, carried=False) is Voice.ACCUSATION
    assert voice(["doubt"], carried=False) is Voice.QUESTION
    assert voice(["support"], carried=False) is Voice.SUPPORT
    assert voice([], carried=False) is Voice.NEUTRAL
