"""Mention lines: whatever a page held, a line is either sound or refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from storage.line import MAX_TEXT, MAX_TITLE, MentionLine

#: Any code point, lone surrogates and NUL included.
hostile = st.text(st.characters(codec=None, exclude_categories=()), max_size=300)


def _sound(text: str | None) -> bool:
    return text is None or ("\x00" not in text and text.encode("utf-8") is not None)


@given(text=hostile, title=hostile, name=hostile)
@example(text="a\x00b\ud800c", title="\udfff", name="\x00")
@example(
    text="</script><img src=x onerror=alert(1)>", title="'; DROP TABLE mention;--", name="\u202e"
)
def test_hostile_text_becomes_text_that_any_database_keeps(
    text: str, title: str, name: str
) -> None:
    line = MentionLine.model_validate(
        {"platform": "weibo", "id": "1", "text": text, "title": title, "author": {"name": name}}
    )
    assert line.author is not None
    assert all(map(_sound, (line.text, line.title, line.author.name)))
    assert MentionLine.model_validate_json(line.to_json()) == line


def test_only_what_no_database_keeps_is_taken_out() -> None:
    line = MentionLine(platform="weibo", id="1", text="甲\x00乙\ud83d丙\U0001f600")
    assert line.text == "甲乙丙\U0001f600"


@given(st.integers(MAX_TEXT - 2, MAX_TEXT + 2))
def test_long_text_is_cut_not_refused(length: int) -> None:
    line = MentionLine(platform="weibo", id="1", text="甲" * length, title="乙" * length)
    assert len(line.text) == min(length, MAX_TEXT)
    assert len(line.title or "") == MAX_TITLE


@pytest.mark.parametrize("field", ["platform", "id"])
@pytest.mark.parametrize("value", ["", "\x00", "\ud800", "   ", None, 5, ["a"]])
def test_a_mention_without_a_name_is_refused(field: str, value: object) -> None:
    given: dict[str, Any] = {"platform": "weibo", "id": "1"} | {field: value}
    with pytest.raises(ValidationError):
        MentionLine.model_validate(given)


@pytest.mark.parametrize(
    "value", ["2026-05-20", "2026-05-20T12:00:00", "昨天", "2026-13-01T00:00:00Z", {}, True]
)
def test_a_time_without_a_zone_or_sense_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        MentionLine.model_validate({"platform": "weibo", "id": "1", "published": value})


def test_a_time_with_a_zone_is_that_moment() -> None:
    line = MentionLine.model_validate(
        {"platform": "weibo", "id": "1", "published": "2026-05-20T20:00:00+08:00"}
    )
    assert line.published == datetime(2026, 5, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize("value", [-1, 2**53 + 1, "many", 1.5])
def test_an_impossible_count_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        MentionLine.model_validate({"platform": "weibo", "id": "1", "counts": {"likes": value}})


def test_unknown_is_absent_and_zero_is_zero() -> None:
    line = MentionLine.model_validate({"platform": "weibo", "id": "1", "counts": {"likes": 0}})
    written = json.loads(line.to_json())
    assert written["counts"] == {"likes": 0}
    assert not written.keys() & {"published", "author", "title", "region", "edited"}


def test_what_a_later_version_adds_is_passed_over() -> None:
    assert MentionLine.model_validate({"platform": "weibo", "id": "1", "new": 1}).id == "1"


@given(st.datetimes(timezones=st.sampled_from((UTC, timezone(timedelta(hours=8))))))
def test_any_time_makes_the_round_trip_through_json(moment: datetime) -> None:
    line = MentionLine(platform="weibo", id="1", published=moment)
    assert MentionLine.model_validate_json(line.to_json()).published == moment
