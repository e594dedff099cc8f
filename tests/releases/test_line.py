from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releases.line import parse, parse_line, plain, sentence, show, tidy

SENTENCES = st.builds(
    lambda text, facts: sentence(text, facts, "human"),
    st.text(min_size=1, max_size=40).map(plain).filter(bool),
    st.lists(st.integers(1, 999_999_999), max_size=4),
)


@given(st.lists(SENTENCES, max_size=8))
def test_what_is_shown_is_read_back(sentences):
    assert parse(show(sentences), "human") == sentences


@given(st.text(max_size=200))
def test_tidy_is_one_clean_line_and_settles(text):
    line = tidy(text)
    assert len(line.splitlines()) <= 1
    assert line == tidy(line)
    line.encode("utf-8")


@given(st.text(max_size=200), st.text(max_size=50))
def test_any_text_can_be_parsed(text, more):
    for one in parse(f"{text}[F3]{more}", "human"):
        assert one["text"]


@pytest.mark.parametrize(
    "line", ["通过检测。[F3]", "通过检测。 【F3】", "通过检测。［f3］", "[F3]通过检测。"]
)
def test_marks_in_every_width(line):
    assert parse_line(line, "human") == sentence("通过检测。", [3], "human")


def test_direction_marks_cannot_hide_what_was_signed():
    assert tidy("安全\u202e全不\u200b") == "安全全不"


def test_a_value_cannot_pass_for_a_heading_or_a_mark():
    assert plain("# lead\n# answer 1 answered x [F9]") == "lead # answer 1 answered x"
