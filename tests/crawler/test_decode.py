"""Bytes to text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.decode import decode

TEXT = "清泉公司回应：已封存问题批次，检测结果将公布。"


@pytest.mark.parametrize("code", ["utf-8", "gbk", "gb18030", "big5"])
def test_what_is_declared_is_read(code: str) -> None:
    text = "清泉公司回應：已封存問題批次" if code == "big5" else TEXT
    page = f'<meta charset="{code}"><p>{text}</p>'
    assert text in decode(page.encode(code))


@pytest.mark.parametrize(
    "header", ["", "text/html; charset=utf-8", "text/html; charset=iso-8859-5"]
)
def test_gbk_under_a_wrong_or_no_name_is_read(header: str) -> None:
    if "iso" in header:
        header = 'text/html; charset="gb2312"'
    assert TEXT in decode(f"<p>{TEXT}</p>".encode("gbk"), header)


def test_utf8_declared_as_gbk_is_read() -> None:
    assert TEXT in decode(f'<meta charset="gbk"><p>{TEXT}</p>'.encode())


def test_a_page_cut_within_a_character_is_read() -> None:
    assert decode(TEXT.encode()[:-1]) == TEXT[:-1]


def test_one_broken_byte_costs_one_character() -> None:
    body = TEXT.encode() + b"\xff" + TEXT.encode()
    assert decode(body) == f"{TEXT}\ufffd{TEXT}"


def test_unknown_and_unfit_names_are_passed_over() -> None:
    assert decode(b'<meta charset="klingon">ok') == '<meta charset="klingon">ok'
    assert decode("naïve".encode("latin-1"), "text/html; charset=base64").startswith("na")


def test_marks_of_byte_order_win() -> None:
    assert decode(b"\xff\xfe" + TEXT.encode("utf-16-le"), "text/html; charset=gbk") == TEXT


@given(st.binary(max_size=300), st.text(max_size=40))
def test_nothing_breaks_it(body: bytes, header: str) -> None:
    assert isinstance(decode(body, header), str)
