from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releases.figures import figures


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.2万件", "12,000件"),
        ("3月1日", "3 月 1 日"),
        ("３月１日", "3月1日"),
        ("3月1号", "3月1日"),
        ("98.5%", "98.5％"),
        ("下午2点", "下午2时"),
        ("3亿元", "30000万元"),
    ],
)
def test_the_same_figure_written_otherwise(one, other):
    assert figures(one) == figures(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3月1日", "3月2日"),
        ("3%", "3"),
        ("5月", "5日"),
        ("12批次", "13批次"),
        ("-5", "5"),
        ("1.2", "12"),
    ],
)
def test_figures_that_differ(one, other):
    assert set(figures(one)) != set(figures(other))


def test_a_model_name_is_no_figure_but_a_range_has_two():
    assert figures("S2型号") == []
    assert [str(figure.value) for figure in figures("0712-0748批")] == ["712", "748"]


@given(st.text(max_size=300))
def test_any_text_is_read(text):
    for figure in figures(text):
        assert figure.text


@given(st.integers(0, 10**12), st.sampled_from(["", "年", "%", "元", "件"]))
def test_every_integer_is_found(value, unit):
    assert [figure.value for figure in figures(f"共{value}{unit}，")] == [value]
