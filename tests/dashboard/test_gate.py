"""Every route of the application, asked by people who should not be let through."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from dashboard.bounds import LARGEST
from dashboard.headers import POLICY
from dashboard.screens import ROUTERS

from .conftest import Browser, furnish, stage_affair, token_of

PUBLIC = {"/healthz", "/newsroom", "/newsroom/{number}", "/sign-in"}
OWN = {"/sign-out", "/account", "/account/password", "/account/language"}
ROUTES = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
READS = {route.path for route in ROUTES if "GET" in route.methods}
CHANGES = {route.path for route in ROUTES if "POST" in route.methods}
PAGES = [
    "/", "/incidents", "/incidents/1", "/releases", "/facts", "/search", "/sources", "/topics",
    "/charts/1", "/account", "/deliveries", "/people", "/newsroom", "/sign-in", "/nowhere",
]  # fmt: skip


def concrete(path: str) -> str:
    return re.sub(r"\{\w+(:row)?\}", "1", path)


def test_there_are_routes():
    assert len(READS) > 15
    assert len(CHANGES) > 15


def test_strangers_are_sent_to_the_door(house):
    browser = Browser(house)
    for path in READS - PUBLIC:
        answer = browser.get(concrete(path), follow_redirects=False)
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/sign-in"), path


def test_a_strangers_fragment_sends_the_whole_page_to_the_door(house):
    answer = Browser(house).get("/now/top", headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in")
    on = {"hx-request": "true", "hx-current-url": "http://testserver/incidents/1?hours=6"}
    answer = Browser(house).get("/now/top", headers=on)
    assert answer.headers["hx-redirect"] == "/sign-in?next=%2Fincidents%2F1%3Fhours%3D6"


def test_no_form_works_without_its_token(browse):
    browser = browse("孟管")
    for path in CHANGES:
        assert browser.post(concrete(path)).status_code == 403, path
        assert browser.post(concrete(path), data={"token": "0" * 40}).status_code == 403, path


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://["},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
    ],
)
def test_no_form_works_from_another_site(browse, headers):
    browser = browse("孟管")
    for path in CHANGES:
        answer = browser.post(concrete(path), data={"token": browser.token}, headers=headers)
        assert answer.status_code == 403, path


def test_a_failure_of_ours_is_said_in_words(house, affair):
    def broken():
        raise RuntimeError("unthought of")

    browser = Browser(house, "观者")
    browser.app.state.house = replace(house, model=broken)
    loud = TestClient(browser.app, raise_server_exceptions=False, cookies=browser.cookies)
    answer = loud.get("/posts/1/why")
    assert answer.status_code == 500
    assert "chengqing doctor" in answer.text
    assert "unthought of" not in answer.text


def test_a_token_may_come_in_a_header_from_our_own_origin(browse):
    browser = browse("林晓")
    answer = browser.post(
        "/account/language",
        data={"language": "en"},
        headers={"x-form-token": browser.token, "origin": "http://testserver"},
        follow_redirects=False,
    )
    assert answer.status_code == 303


def test_a_token_of_another_session_is_worthless(browse):
    mine, other = browse("林晓"), browse("林晓")
    assert mine.post("/account/language", data={"token": other.token}).status_code == 403


def test_without_a_role_nothing_is_read(browse, affair):
    browser = browse("无职")
    for path in READS - PUBLIC - OWN:
        assert browser.get(concrete(path)).status_code == 403, path


def test_a_watcher_changes_nothing(browse, affair):
    browser = browse("观者")
    # Who may sign a release is checked by the release itself: see test_releases.
    for path in CHANGES - PUBLIC - OWN - {"/releases/{release_id:row}/approve"}:
        assert browser.submit(concrete(path)).status_code == 403, path


def test_screens_by_role(browse, affair):
    watcher, officer, operator = browse("观者"), browse("林晓"), browse("孟管")
    asked = [
        (watcher, "/", 200),
        (watcher, "/deliveries", 403),
        (officer, "/deliveries", 200),
        (officer, "/people", 403),
        (operator, "/people", 200),
    ]
    for browser, path, status in asked:
        assert browser.get(path).status_code == status, path


def test_every_page_is_closed_to_foreign_code(browse, affair):
    browser = browse("孟管")
    assert "unsafe" not in POLICY
    for path in PAGES:
        answer = browser.get(path)
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert not re.search(r"<script(?![^>]*(src=|ld\+json))", answer.text), path
        assert not re.search(r"\s(style|on\w+)=", answer.text), path


def test_nothing_behind_the_gate_is_stored(browse, affair):
    browser = browse("孟管")
    for path in ("/", "/people", "/releases", "/incidents/1"):
        assert browser.get(path).headers["cache-control"] == "no-store", path


def test_versioned_assets_are_kept(browse):
    page = browse("林晓").get("/account").text
    asset = re.search(r'"(/static/app\.css\?v=\w+)"', page)
    assert asset
    answer = browse().get(asset[1])
    assert "immutable" in answer.headers["cache-control"]


def test_a_huge_body_is_refused_announced_or_not(browse):
    browser = browse("林晓")
    assert browser.post("/account/language", content=b"x" * (LARGEST + 1)).status_code == 413

    def drops():
        for _ in range(20):
            yield b"x" * 100_000

    assert browser.post("/account/language", content=drops()).status_code == 413


def test_healthz_tells_the_truth(house, browse):
    assert browse().get("/healthz").json() == {"status": "ok"}


def test_unknown_things_are_a_page_of_ours(browse, affair):
    browser = browse("孟管")
    for path in ("/incidents/99", "/releases/99", "/sources/99", "/now/x", "/charts/99", "/%00"):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert "没有这一页" in answer.text


def test_nonsense_in_the_address_is_a_page_of_ours(browse, affair):
    answer = browse("孟管").get("/charts/1.json?hours=many")
    assert answer.status_code == 422
    assert "看不懂" in answer.text


@pytest.mark.parametrize(
    "path", ["/newsroom/%00", "/search?words=%00", "/search?kind=%00", "/incidents/1?platform=%00"]
)
def test_what_no_database_holds_finds_nothing(database, clock, hashed, path):
    house = furnish(database, clock, hashed)
    stage_affair(house)
    with Browser(house, "林晓") as browser:
        assert browser.get(path).status_code in (200, 404, 422)


@pytest.mark.parametrize(
    ("name", "path", "sent"),
    [
        ("", "/sign-in", {"email": "a\0", "password": "x"}),
        ("孟管", "/people", {"email": "a@b.c", "name": "a\0", "password": "long enough 1"}),
        ("孟管", "/topics/try", {"topic": "9" * 30, "query": "晴川"}),
        ("许岚", "/facts", {"topic": "9" * 30, "statement": "一", "source": "二"}),
        ("许岚", "/facts", {"topic": 1, "owner": "9" * 12, "statement": "一", "source": "二"}),
    ],
)
def test_what_no_database_holds_is_no_fault_of_ours(database, clock, hashed, name, path, sent):
    house = furnish(database, clock, hashed)
    stage_affair(house)
    with Browser(house, name) as browser:
        if not name:
            browser.token = token_of(browser.get("/sign-in").text)
        assert browser.submit(path, **sent).status_code < 500
