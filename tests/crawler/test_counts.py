"""Reading counters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.counts import read_count


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 0),
        (348872, 348872),
        ("1.2万", 12_000),
        ("100万+", 1_000_000),
        ("617 万热度", 6_170_000),
        ("1亿", 100_000_000),
        ("3,456", 3456),
        ("2.5w", 25_000),
        ("3k", 3_000),
        ("转发", None),
        ("", None),
        (None, None),
        (True, None),
        (-1, None),
        (float("nan"), None),
    ],
)
def test_counters_are_read(value: object, expected: int | None) -> None:
    assert read_count(value) == expected


@given(st.one_of(st.text(max_size=40), st.integers(), st.floats()))
def test_no_counter_breaks_the_reader(value: object) -> None:
    found = read_count(value)
    assert found is None or 0 <= found <= 2**53


@given(st.integers(0, 2**53))
def test_a_written_number_comes_back(number: int) -> None:
    assert read_count(f"{number:,}") == pytest.approx(number, rel=1e-12)
