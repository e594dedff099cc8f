"""Words for people: closed sets, times in their zone, and quotes that name nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.briefing import Count
from alerts.numbers import change
from alerts.response import OWED, Said, milestones, still_owed
from alerts.words import clock_time, language_of, line, quote, sentence, span, word, zone_name
from templates.catalogue import entries

SHANGHAI = ZoneInfo("Asia/Shanghai")
WHEN = datetime(2026, 5, 20, 18, 30, tzinfo=UTC)


def test_both_languages_fill_the_same_places() -> None:
    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    ours = {k: w for k, w in entries().items() if k.startswith(("alerts.", "delivery."))}
    assert len(ours) > 100
    uneven = [key for key, words in ours.items() if places(words["zh"]) != places(words["en"])]
    assert uneven == []


def test_values_become_words() -> None:
    values = {"moods": ["doubt", "hostility"], "stage": "spread"}
    text = {"key": "alerts.told_opened", "values": values}
    assert sentence(text) == "怀疑、敌对异常上升，处于蔓延阶段"
    assert sentence(text, "en") == "unusual rise of doubt, hostility; stage: spread"


def test_times_in_values_are_the_readers() -> None:
    text = {"key": "alerts.times_in", "values": {"zone": WHEN.isoformat()}}
    assert "2026-05-21 02:30" in sentence(text, "zh", SHANGHAI)


@pytest.mark.parametrize(
    "text",
    [None, {}, {"key": "no.such"}, {"key": "alerts.told_opened"}, {"key": 3, "values": [1]},
     {"key": "alerts.told_opened", "values": None}],
)  # fmt: skip
def test_what_cannot_be_said_is_silence(text) -> None:
    assert sentence(text) == ""


def test_unknown_words_stay_themselves() -> None:
    assert word("platform", "some-forum.cn", "zh") == "some-forum.cn"
    assert language_of("fr") == "zh"


def test_times() -> None:
    assert clock_time(WHEN, WHEN, SHANGHAI) == "02:30"
    assert clock_time(WHEN, WHEN - timedelta(hours=5), SHANGHAI) == "05-21 02:30"
    assert zone_name(WHEN, SHANGHAI, "zh") == "北京时间 UTC+08:00"
    assert zone_name(WHEN, ZoneInfo("America/New_York"), "en") == "America/New_York UTC-04:00"
    assert span(timedelta(minutes=59.7), "zh") == "1 小时"
    assert span(timedelta(hours=2, minutes=5), "en") == "2 h 5 min"
    assert span(timedelta(0), "zh") == "0 分钟"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("@张三 说得对", "@… 说得对"),
        ("转发＠李四:看看", "转发@…:看看"),
        ("看 http://t.cn/Ab1 和 www.x.com/y", "看 … 和 …"),
        ("打 13800138000 或 010-8888 8888", "打 … 或 …"),
        ("身份证 11010119900101123X", "身份证 …"),
        ("写信 a.b@c.cn 吧", "写信 … 吧"),
        ("见http://t.cn/Ab1孩子喝了有事吗", "见…孩子喝了有事吗"),
        ("见 t.cn/Ab1，还有weibo.com/u/123吧", "见 …，还有…吧"),
        ("见a.com吧", "见…吧"),
        ("加微信：abc12345 或 vx hello_world 问", "加… 或 … 问"),
        ("版本 2.5.cn1 和 GB 4806.10-2016", "版本 2.5.cn1 和 GB 4806.10-2016"),
        ("有毒吗 小满妈在路上的微博视频", "有毒吗 …的微博视频"),
        ("卖了 1,200,000 盒，涨了 30%", "卖了 1,200,000 盒，涨了 30%"),
        ("2024 年 12 月", "2024 年 12 月"),
        ("行\n\n行\t行", "行 行 行"),
        ("a\u202eb\u200bc\x07d", "abc d"),
    ],
)
def test_quotes_name_nobody(text: str, kept: str) -> None:
    assert quote(text) == kept


@given(st.text(), st.integers(2, 50))
def test_a_line_is_one_bounded_line(text: str, limit: int) -> None:
    found = line(text, limit)
    assert len(found) <= limit
    assert len(found.splitlines()) <= 1
    assert found.encode("utf-8", "strict") is not None


@given(st.text(st.sampled_from("@张三 a.1-:/\n13800138000")))
def test_no_handle_survives(text: str) -> None:
    after = [part[:1] for part in quote(text).split("@")[1:]]
    assert not any(first.isalnum() for first in after)


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [(0, 0, "—"), (5, 5, "持平"), (3, 0, "新出现"), (4, 1, "+3"), (1, 4, "−3"), (35, 10, "3.5 倍"),
     (1_500, 1_000, "+500")],
)  # fmt: skip
def test_changes(now: int, before: int, words: str) -> None:
    assert change(Count("volume", now, before), "zh") == words


def test_the_clock_lists_what_is_owed() -> None:
    hour = timedelta(hours=1)
    assert [one.name for one in still_owed(WHEN, WHEN, {})] == list(OWED)
    assert [one.name for one in still_owed(WHEN, WHEN, milestones(WHEN, []))] == list(OWED)[1:]
    late = still_owed(WHEN, WHEN + 2 * hour, {})
    assert [one.left < timedelta(0) for one in late] == [True, True, False, False]
    for holding, owed in ((True, ["considered", "full"]), (False, ["full"])):
        done = milestones(None, [Said(WHEN + hour, holding, False)])
        assert [one.name for one in still_owed(WHEN, WHEN + 5 * hour, done)] == owed
