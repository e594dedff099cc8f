from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest

from dashboard import session as tickets
from dashboard.people import FAILURES, check_password, password_problem, sign_in
from storage.person import Person

from .conftest import PASSWORD, Browser, token_of


def knock(browser: Browser, email: str, password: str, **more: str):
    token = token_of(browser.get("/sign-in").text)
    fields = {"token": token, "email": email, "password": password, **more}
    return browser.post("/sign-in", data=fields, follow_redirects=False)


def test_the_right_password_opens_the_door(house):
    browser = Browser(house)
    answer = knock(browser, " P1@Example.com ", PASSWORD)
    assert answer.status_code == 303
    assert browser.get("/").status_code == 200


def test_cookie_is_closed_to_scripts_and_other_sites(house):
    cookie = knock(Browser(house), "p1@example.com", PASSWORD).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie


def test_over_https_the_cookie_is_secure_and_bound_to_its_host(house):
    from dataclasses import replace

    safe = replace(house, secure=True)
    answer = Browser(safe).get("/sign-in")
    assert answer.headers["set-cookie"].startswith("__Host-chengqing=")
    assert "Secure" in answer.headers["set-cookie"]
    assert "max-age" in answer.headers["strict-transport-security"]


def test_unknown_wrong_and_closed_look_the_same(house):
    with house.database.begin() as session:
        session.get_one(Person, 2).active = False
    tries = [("nobody@example.com", "x"), ("p1@example.com", "x"), ("p2@example.com", PASSWORD)]
    answers = [knock(Browser(house), *one) for one in tries]
    assert {answer.status_code for answer in answers} == {401}
    said = {answer.text.split('role="alert">')[1].split("<")[0] for answer in answers}
    assert len(said) == 1


def test_repeated_failures_lock_and_time_unlocks(house, clock):
    for _ in range(FAILURES):
        assert sign_in(house.database, "p1@example.com", "wrong", clock()) is None
    assert sign_in(house.database, "p1@example.com", PASSWORD, clock()) is None
    clock.advance(minutes=15, seconds=1)
    assert sign_in(house.database, "p1@example.com", PASSWORD, clock()) is not None


def test_a_success_forgets_failures(house, clock):
    for _ in range(FAILURES - 1):
        sign_in(house.database, "p1@example.com", "wrong", clock())
    assert sign_in(house.database, "p1@example.com", PASSWORD, clock())
    with house.database.read() as session:
        assert session.get_one(Person, 1).failed == 0


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "https://evil.example", "x"]
)
def test_signing_in_never_leads_elsewhere(house, target):
    answer = knock(Browser(house), "p1@example.com", PASSWORD, next=target)
    assert answer.headers["location"] == "/"


def test_signing_in_leads_back(house):
    answer = knock(Browser(house), "p1@example.com", PASSWORD, next="/sources")
    assert answer.headers["location"] == "/sources"


def test_what_was_asked_for_is_shown_after_signing_in_whole(house):
    browser = Browser(house)
    sent = browser.get("/search?q=%E6%8E%89%E6%B8%A3&mood=doubt", follow_redirects=False)
    form = browser.get(sent.headers["location"]).text
    wanted = html.unescape(re.search(r'name="next" value="([^"]+)"', form)[1])
    answer = knock(browser, "p1@example.com", PASSWORD, next=wanted)
    assert answer.headers["location"] == "/search?q=%E6%8E%89%E6%B8%A3&mood=doubt"


def test_session_ends_with_the_shift(house, browse, clock):
    browser = browse("林晓")
    assert browser.get("/account").status_code == 200
    clock.advance(hours=tickets.LIFETIME / timedelta(hours=1), seconds=1)
    assert browser.get("/account", follow_redirects=False).status_code == 303


def test_signing_out_makes_copied_cookies_worthless(browse):
    mine, copied = browse("林晓"), browse("林晓")
    assert mine.submit("/sign-out").status_code == 303
    assert copied.get("/", follow_redirects=False).status_code == 303


def test_a_forged_or_foreign_cookie_is_nobodys(house, browse):
    browser = browse("林晓")
    good = browser.cookies[tickets.cookie_name(house)]
    for bad in (good[:-2], "x", good.replace(".", "..")):
        other = Browser(house)
        other.cookies.set(tickets.cookie_name(house), bad)
        assert other.get("/", follow_redirects=False).status_code == 303


def test_changing_the_password_ends_other_sessions(house, browse):
    mine, other = browse("林晓"), browse("林晓")
    answer = mine.submit("/account/password", old=PASSWORD, new="一个 全新 的 长密码 2026")
    assert answer.status_code == 303
    assert mine.get("/account").status_code == 200
    assert other.get("/account", follow_redirects=False).status_code == 303
    with house.database.read() as session:
        assert check_password(session.get_one(Person, 1).password, "一个 全新 的 长密码 2026")


def test_a_wrong_old_password_changes_nothing(browse):
    answer = browse("林晓").submit("/account/password", old="no", new="another long one 1")
    assert answer.status_code == 400
    assert "现在的密码不对" in answer.text


def test_a_stolen_session_cannot_guess_the_password(browse):
    stolen = browse("林晓")
    for number in range(FAILURES):
        stolen.submit("/account/password", old=f"guess {number}", new="another long one 1")
    answer = stolen.submit("/account/password", old=PASSWORD, new="another long one 1")
    assert answer.status_code == 400


@pytest.mark.parametrize("bad", ["short", "a" * 40, "x" * 201, "who@example.com"])
def test_weak_passwords_are_refused(bad):
    assert password_problem(bad, "who@example.com")


def test_a_broken_hash_fits_nothing():
    assert not check_password("not a hash", "x")


def test_the_sign_in_page_lists_nobody(house):
    page = Browser(house).get("/sign-in").text
    assert "林晓" not in page
    assert "p1@example.com" not in page


def test_the_demonstration_offers_its_people(demo_house):
    browser = Browser(demo_house)
    page = browser.get("/sign-in").text
    assert "演示" in page
    assert "林晓" in page
    assert knock(browser, "p1@example.com", PASSWORD).status_code == 303


def test_another_language_keeps_where_one_was_going(house):
    browser = Browser(house)
    page = browser.get("/sign-in?next=/incidents/1%3Fhours%3D6").text
    link = html.unescape(re.findall('href="(/sign-in[^"]*)"', page)[0])
    answer = browser.get(link)
    assert "Sign in" in answer.text
    assert 'name="next" value="/incidents/1?hours=6"' in answer.text
    elsewhere = browser.get("/sign-in?lang=en&next=//x.example", follow_redirects=False)
    assert elsewhere.headers["location"] == "/sign-in"


def test_english_before_and_after_signing_in(house, browse):
    browser = Browser(house)
    assert "Sign in" in browser.get("/sign-in?lang=en").text
    mine = browse("林晓")
    mine.submit("/account/language", language="en")
    assert "My account" in mine.get("/account").text
