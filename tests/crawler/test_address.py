"""Web addresses."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crawler.address import host_of, is_web, join, page_id


def test_one_page_has_one_id() -> None:
    plain = page_id("https://news.example/a/1.html?id=3")
    assert plain == "news.example/a/1.html?id=3"
    assert page_id("http://NEWS.example:80/a/1.html?id=3&utm_source=x&spm=1.2#top") == plain
    assert page_id("https://news.example/") == page_id("https://news.example") == "news.example/"


def test_a_long_address_gets_a_short_id_of_its_own() -> None:
    ids = {page_id(f"https://news.example/{'长' * 100}/{number}") for number in range(3)}
    assert len(ids) == 3
    assert all(len(each) <= 200 for each in ids)


def test_only_web_addresses_are_followed() -> None:
    assert join("http://a.example/x/", "../y") == "http://a.example/y"
    assert join("http://a.example/", "javascript:alert(1)") == ""
    assert join("http://a.example/", "file:///etc/passwd") == ""
    assert join("http://a.example/", "http://[broken") == ""
    assert not is_web("ftp://a.example/")
    assert host_of("http://a.example:8080/x") == "a.example:8080"


@given(st.text(max_size=80))
def test_no_address_breaks_them(text: str) -> None:
    host_of(text)
    is_web(text)
    join("http://a.example/", text)
    assert len(page_id(text)) <= 200
