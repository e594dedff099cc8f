"""Fetching for a person: real local servers, and no way to where we may not go."""

from __future__ import annotations

import gzip
import time
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.http import Unreachable, fetch, target

HERE = ("127.0.0.1",)


def refused(url: str, **more) -> Unreachable:
    with pytest.raises(Unreachable) as caught:
        fetch(url, **({"allow": HERE} | more))
    return caught.value


def test_a_page(website) -> None:
    website.say("/a", "页面".encode(), Content_Type="text/html; charset=utf-8", Set_Cookie="a=b")
    found = fetch(f"{website.url}/a?q=澄清#part", HERE)
    assert (found.status, found.body.decode()) == (200, "页面")
    assert found.headers["content-type"] == "text/html; charset=utf-8"
    path, headers = website.asked[0]
    assert path == "/a?q=%E6%BE%84%E6%B8%85"
    assert headers["host"] == website.url.removeprefix("http://")
    assert headers["user-agent"].startswith("Chengqing/")


def test_an_error_page_is_an_answer(website) -> None:
    assert fetch(f"{website.url}/none", HERE).status == 404


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/a",
        "http://localhost:{port}/a",
        "http://[::1]:{port}/a",
        "http://[::ffff:127.0.0.1]:{port}/a",
        "http://2130706433:{port}/a",
        "http://0x7f.1:{port}/a",
        "http://0:{port}/a",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://127.0.0.1.:{port}/a",
    ],
)
def test_private_addresses_are_not_reached(website, url: str) -> None:
    website.say("/a", b"secret")
    port = website.url.rpartition(":")[2]
    assert refused(url.format(port=port), allow=()).reason == "not_allowed"
    assert website.asked == []


def test_a_redirect_is_checked_like_the_first(website) -> None:
    port = website.url.rpartition(":")[2]
    website.say("/inner", b"secret")
    website.say("/out", b"", 302, Location=f"http://localhost:{port}/inner")
    website.say("/file", b"", 302, Location="file:///etc/passwd")
    website.say("/meta", b"", 301, Location="//169.254.169.254/x")
    website.say("/odd", b"", 302, Location="http://[odd")
    assert refused(f"{website.url}/odd").reason == "address"
    website.asked.clear()
    assert refused(f"{website.url}/out").reason == "not_allowed"
    assert refused(f"{website.url}/file").reason == "address"
    assert refused(f"{website.url}/meta").reason == "not_allowed"
    assert [path for path, _ in website.asked] == ["/out", "/file", "/meta"]


def test_redirects_are_followed_and_end(website) -> None:
    website.say("/1", b"", 307, Location="/2")
    website.say("/2", b"", 301, Location="3?x=1")
    website.say("/3", b"here")
    website.say("/loop", b"", 302, Location="/loop")
    found = fetch(f"{website.url}/1", HERE)
    assert (found.body, found.url) == (b"here", f"{website.url}/3?x=1")
    assert refused(f"{website.url}/loop").reason == "redirects"


def test_size_is_bounded_also_after_unpacking(website) -> None:
    website.say("/big", b"x" * 5_000)
    website.say("/bomb", gzip.compress(b"0" * 10_000_000), Content_Encoding="gzip")
    website.say("/packed", gzip.compress(b"hello" * 100), Content_Encoding="gzip")
    website.say("/broken", b"not gzip", Content_Encoding="gzip")
    website.say("/brotli", b"?", Content_Encoding="br")
    assert refused(f"{website.url}/big", max_bytes=4_999).reason == "too_large"
    assert fetch(f"{website.url}/big", HERE, max_bytes=5_000).body == b"x" * 5_000
    assert refused(f"{website.url}/bomb", max_bytes=100_000).reason == "too_large"
    assert fetch(f"{website.url}/packed", HERE).body == b"hello" * 100
    assert refused(f"{website.url}/broken").reason == "encoding"
    assert refused(f"{website.url}/brotli").reason == "encoding"


def test_a_trickle_does_not_outlast_the_time(website) -> None:
    def headers(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(100):
            handler.wfile.write(f"X-{number}: y\r\n".encode())
            time.sleep(0.05)

    def body(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b"x")
            time.sleep(0.05)

    website.pages |= {"/headers": headers, "/body": body}
    for path in ("/headers", "/body"):
        began = time.monotonic()
        assert refused(website.url + path, timeout=0.4).reason == "timeout"
        assert time.monotonic() - began < 3


def test_a_closed_port_and_a_broken_server(website) -> None:
    website.pages["/cut"] = lambda handler: handler.wfile.write(b"garbage\r\n\r\n")
    website.pages["/gone"] = lambda handler: handler.connection.close()
    assert refused("http://127.0.0.1:1/").reason == "network"
    assert refused(f"{website.url}/cut").reason == "network"
    assert refused(f"{website.url}/gone").reason == "network"


def test_an_unknown_certificate(secure_website) -> None:
    secure_website.say("/a", b"x")
    assert refused(f"{secure_website.url}/a").reason == "tls"


@pytest.mark.parametrize(
    "url",
    ["", "x", "ftp://a.cn/", "file:///etc/passwd", "http://", "http://u:p@a.cn/", "http://[::1",
     "http://a.cn:99999/", "http://a..cn/", "javascript:alert(1)", "gopher://a.cn/"],
)  # fmt: skip
def test_what_is_no_web_address(url: str) -> None:
    assert refused(url).reason == "address"


@given(st.text(max_size=60))
def test_any_text_is_an_ascii_address_or_refused(text: str) -> None:
    for url in (
        text,
        f"http://a.cn/{text}",
        f"http://{text}.cn/",
        f"http://a.cn:{text}",
        "http:" + text,
    ):
        try:
            found = target(url)
        except Unreachable:
            continue
        assert found.url.isascii()
        assert found.url.isprintable()
        assert " " not in found.url
        assert found.netloc == urlsplit(found.url).netloc
