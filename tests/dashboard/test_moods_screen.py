"""Correcting a post's moods with one click, and reading why it was judged so."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from analysis.moods import ModelError, MoodModel
from dashboard.shares import estimated
from storage import bucket
from storage.mention import Mention

HX = {"HX-Request": "true"}


def hostile(house):
    with house.database.read() as session:
        since, until = house.clock() - timedelta(days=1), house.clock() + timedelta(days=1)
        rows = bucket.read(session, 1, since, until)
        return sum(row.values["hostility"] for row in rows)


def labels(house, mention_id=1):
    with house.database.read() as session:
        return session.get_one(Mention, mention_id).moods


def test_one_click_switches_a_mood_and_the_counts_follow(house, browse, affair):
    browser, before = browse("林晓"), hostile(house)
    data = {"token": browser.token, "is": "hostility"}
    answer = browser.post("/posts/1/moods", data=data, headers=HX)
    assert answer.status_code == 200
    assert "已更正" in answer.text
    assert 'name="not" value="hostility" aria-pressed="true"' in answer.text
    assert labels(house) == ["doubt", "hostility"]
    assert hostile(house) == before + 1
    again = browser.post("/posts/1/moods", data=data, headers=HX)
    assert hostile(house) == before + 1, "a double click is one click"
    assert "已更正" in again.text
    back = browser.post(
        "/posts/1/moods", data={"token": browser.token, "not": "hostility"}, headers=HX
    )
    assert "已更正" not in back.text
    assert (labels(house), hostile(house)) == (["doubt"], before)


def test_the_answer_says_how_many_copies_changed(house, browse, affair):
    with house.database.begin() as session:
        first, *rest = session.scalars(select(Mention).order_by(Mention.id).limit(3))
        for copy in rest:
            copy.story, copy.text, copy.title = first.id, first.text, first.title
    browser = browse("林晓")
    data = {"token": browser.token, "is": "hostility"}
    assert "另有 2 条同文一并改了" in browser.post("/posts/1/moods", data=data, headers=HX).text
    data["not"] = data.pop("is")
    assert "同文" not in browser.post("/posts/9/moods", data=data, headers=HX).text


def test_without_scripts_the_form_leads_back(browse, affair):
    browser = browse("周宁")

    def submit(came_from):
        return browser.post(
            "/posts/1/moods",
            data={"token": browser.token, "is": "anxiety"},
            headers={"referer": came_from},
            follow_redirects=False,
        )

    answer = submit("http://testserver/search?mood=doubt")
    assert (answer.status_code, answer.headers["location"]) == (303, "/search?mood=doubt")
    assert "已更正" in browser.get("/search?mood=doubt").text
    assert submit("http://[").headers["location"] == "/?"


def test_only_those_who_work_on_incidents_correct(house, browse, affair):
    watcher = browse("观者")
    assert watcher.submit("/posts/1/moods", **{"is": "anxiety"}).status_code == 403
    assert "/posts/1/moods" not in watcher.get("/search").text
    assert browse().submit("/posts/1/moods", **{"is": "anxiety"}).status_code in (303, 403)
    officer = browse("林晓")
    assert "/posts/1/moods" in officer.get("/search").text
    assert officer.post("/posts/1/moods", data={"is": "anxiety"}).status_code == 403
    assert labels(house) == ["doubt"]


def test_what_makes_no_sense_is_refused(house, browse, affair):
    browser = browse("林晓")
    assert browser.submit("/posts/1/moods", **{"is": "joy"}).status_code == 422
    assert browser.submit("/posts/1/moods").status_code == 409
    assert browser.submit("/posts/999/moods", **{"is": "doubt"}).status_code == 404
    assert labels(house) == ["doubt"]


def test_why_names_the_words_and_who_corrected(house, browse, affair):
    with house.database.begin() as session:
        post = session.get_one(Mention, 1)
        post.text, post.model = "无良商家去死<b>", house.model().version
    browser = browse("林晓")
    assert 'hx-get="/posts/1/why"' in browser.get("/search").text
    browser.submit("/posts/1/moods", **{"is": "hostility"})
    page = browser.get("/posts/1/why", headers=HX).text
    assert "无良" in page
    assert "<b>" not in page
    assert f"判读模型 {house.model().version}" in page
    assert "林晓：怀疑 → 怀疑、敌对（模型" in page
    whole = browser.get("/posts/1/why").text
    assert "<!doctype html>" in whole
    assert "无良" in whole
    assert browser.get("/posts/999/why").status_code == 404


def test_a_score_of_another_model_says_so(browse, affair):
    assert "判读模型 m；下面按在用模型" in browse("观者").get("/posts/1/why").text


def test_a_broken_model_leaves_the_page_standing(house, browse, affair):
    def broken() -> MoodModel:
        raise ModelError("damaged", "moods.npz", cause="cut short")

    browser = browse("观者")
    browser.app.state.house = replace(house, model=broken)
    assert "chengqing doctor" in browser.get("/posts/1/why", headers=HX).text


def test_shares_are_estimated_with_their_interval(house, browse, affair):
    browser = browse("观者")
    assert "太少" in browser.get("/now/shares").text, "posts of this house have no scores yet"
    with house.database.begin() as session:
        for number, post in enumerate(session.scalars(select(Mention))):
            post.anxiety, post.doubt, post.support = 0.03, 0.2, 0.05
            post.hostility = 0.95 if number % 3 == 0 else 0.04
    for page in ("/", "/now/shares?hours=24", "/incidents/1"):
        text = browser.get(page).text
        found = re.search(r"敌对</span> <strong>(\d+)%</strong>.*?（(\d+)–(\d+)）", text)
        assert found, page
        share, low, high = map(int, found.groups())
        assert low < share < high
        assert low < 33 < high + 5
    assert "30 条帖子" in browser.get("/now/shares?hours=24").text


def test_a_persons_word_counts_in_the_shares(house, browse, affair):
    with house.database.begin() as session:
        for post in session.scalars(select(Mention)):
            post.anxiety = post.doubt = post.hostility = post.support = 0.1
            post.labels, post.model_labels = 8, 0
        since = house.clock() - timedelta(days=1)
        found = estimated(session, 1, (since, house.clock()), bucket.MINUTE, house.model())
    assert found is not None
    assert found.moods["support"].share > 0.3 > found.moods["hostility"].share


def test_after_a_click_without_script_the_reader_stays_on_this_site(browse, affair):
    browser = browse("林晓")
    data, foreign = {"token": browser.token, "is": "hostility"}, "http://testserver//evil.example/x"
    answer = browser.post(
        "/posts/1/moods", data=data, headers={"Referer": foreign}, follow_redirects=False
    )
    assert answer.headers["location"].startswith("/evil.example/x")


def test_a_number_larger_than_any_record_is_not_found(browse, affair):
    browser = browse("林晓")
    for number in ("9" * 9, "9" * 30, "9" * 5_000):
        assert browser.get(f"/posts/{number}/why").status_code == 404
