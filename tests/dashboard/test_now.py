from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerts.response import OWED
from alerts.sight import SEES
from crawler.outcome import Outcome
from dashboard.stand import clock_of
from storage.incident import Alert, Concern, Incident
from storage.mention import Mention, MentionTopic
from storage.release import Answer, Claim, Fact, Release
from storage.topic import Source, Topic, Visit
from tests.dashboard.conftest import Browser


def fragment(page: str, name: str) -> str:
    found = re.search(rf'hx-get="(/now/{name}\?[^"]*)"', page)
    assert found
    return found[1].replace("&amp;", "&")


def test_an_empty_house_teaches_the_first_step(browse):
    assert "chengqing init" in browse("林晓").get("/").text


def test_calm_is_said(house, browse):
    with house.database.begin() as session:
        session.add(Topic(name="静", query="静", created=house.clock()))
    page = browse("林晓").get("/").text
    assert "平稳" in page
    assert "还剩" not in page


def test_a_glance_tells_stage_clock_concern_and_what_waits(browse, affair):
    page = browse("林晓").get("/").text
    for word in ("爆发", "已超时", "还没有负责人", "预警待确认", "酸奶里的异物是什么", "待回应"):
        assert word in page
    assert "7 条" in page


def test_an_unchanged_part_is_not_sent_again(browse, affair, house):
    browser = browse("林晓")
    address = fragment(browser.get("/").text, "needs")
    assert browser.get(address).status_code == 204
    browser.submit("/alerts/1/acknowledge")
    answer = browser.get(address)
    assert answer.status_code == 200
    assert "预警待确认" not in answer.text


def test_acknowledging_stops_the_bell_and_meets_the_first_target(house, browse, affair):
    browser = browse("林晓")
    assert browser.submit("/alerts/1/acknowledge").headers["location"] == "/?said=acknowledged"
    with house.database.read() as session:
        alert, incident = session.get_one(Alert, 1), session.get_one(Incident, affair.id)
    assert alert.acknowledged == incident.acknowledged == house.clock()
    assert alert.acknowledged_by == 1


def test_many_topics_are_chosen_from_a_list(house, browse, affair):
    browser = browse("观者")
    assert "全部话题" not in browser.get("/").text
    assert '<select name="topic">' not in browser.get("/facts").text
    with house.database.begin() as session:
        now = house.clock()
        session.add_all(Topic(name=f"品牌{n}", query="品牌", created=now) for n in range(20))
    assert '<a href="/topics">全部话题</a>' in browser.get("/").text
    page = browser.get("/facts?topic=9").text
    assert '<option value="9" selected>品牌7</option>' in page


def test_a_topic_that_is_not_watched_shows_no_other(house, browse, affair):
    browser = browse("观者")
    assert browser.get("/?topic=999").status_code == 404
    assert browser.get(f"/?topic={10**30}").status_code == 422
    with house.database.begin() as session:
        now = house.clock()
        session.add(Topic(id=7, name="旧", query="旧", created=now, archived=now))
    answer = browser.get("/?topic=7", follow_redirects=False)
    assert answer.headers["location"] == "/topics/7"
    assert browser.get("/topics/7").status_code == 200
    part = browser.get("/now/top?topic=7")
    assert (part.status_code, part.headers["hx-redirect"]) == (404, "/?topic=7")
    for screen in ("facts", "search"):
        page = browser.get(f"/{screen}?topic=7").text
        assert re.search('<option value="7" selected>旧|aria-current="true">旧</a>', page)
        assert browser.get(f"/{screen}?topic=999").status_code == 404


def test_a_fact_for_a_topic_that_rests_is_not_filed_under_another(house, browse, affair):
    with house.database.begin() as session:
        now = house.clock()
        session.add(Topic(id=7, name="旧", query="旧", created=now, archived=now))
    assert 'name="topic" value="7"' in browse("周宁").get("/facts?topic=7&question=x").text


def test_owning_says_who(house, browse, affair):
    browser = browse("林晓")
    browser.submit(f"/incidents/{affair.id}/own")
    assert "负责人：林晓" in browser.get(f"/incidents/{affair.id}").text


def test_what_a_visit_left_out_is_said_in_words(house, browse):
    now = house.clock()
    reasons = ("no_time", "undated", "too_old", "future", "empty", "unreadable")
    reasons += ("no_text", "locked", "gone", *(one.value for one in Outcome if one not in SEES))
    with house.database.begin() as session:
        session.add(Source(name="论坛", kind="discuz", url="http://x.example", created=now))
        session.flush()
        dropped = dict.fromkeys(reasons, 1)
        session.add(Visit(source_id=1, started=now, ended=now, outcome="ok", dropped=dropped))
    page = browse("林晓").get("/sources/1").text
    assert "论坛隐藏或锁定 1" in page
    assert [reason for reason in reasons if f"{reason} 1" in page] == []


def test_a_blind_source_waits_for_someone(house, browse, affair):
    now = house.clock()
    with house.database.begin() as session:
        session.add(Source(name="晴川论坛", kind="discuz", url="http://x.example", created=now))
        session.flush()
        for number in range(4):
            at = now - timedelta(minutes=10 * (4 - number))
            outcome = "blocked" if number else "ok"
            session.add(Visit(source_id=1, started=at, ended=at, outcome=outcome))
    browser = browse("林晓")
    assert "来源失明" in browser.get("/").text
    assert "失明" in browser.get("/sources").text
    assert "放慢访问频率" in browser.get("/sources/1").text


def test_hostile_text_stays_text(house, browse, affair):
    now = house.clock()
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    with house.database.begin() as session:
        mention = Mention(
            platform=evil,
            platform_id="evil",
            kind="post",
            url="javascript:alert(3)",
            outlet=evil,
            title=evil,
            text=evil,
            published=now,
            first_seen=now,
            last_seen=now,
            labels=4,
        )
        session.add(mention)
        session.flush()
        session.add(MentionTopic(mention_id=mention.id, topic_id=1, published=now))
        session.get_one(Concern, 1).question = evil
        session.get_one(Incident, 1).title = evil
    browser = browse("林晓")
    for path in ("/", "/incidents", "/incidents/1", "/search?words=script"):
        page = browser.get(path).text
        assert "&lt;script&gt;" in page, path
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path
        assert "javascript:" not in page, path


def _release(now: datetime) -> Release:
    return Release(
        number="QC-1",
        uid="u",
        incident_id=1,
        topic_id=1,
        kind="clarification",
        state="published",
        headline="说明",
        content={},
        digest="d",
        author_id=2,
        created=now,
        updated=now,
        published=now,
    )


def test_an_answered_concern_is_ticked(house, browse, affair):
    with house.database.begin() as session:
        release = _release(house.clock())
        session.add(release)
        session.flush()
        session.add(Answer(release_id=release.id, concern_id=1, status="answered"))
    page = browse("观者").get("/now/concerns").text
    assert "已回应 · QC-1" in page
    assert "完成，迟" in browse("观者").get("/now/top").text


@pytest.mark.parametrize(
    ("growth", "word"), [(0.06, "▼ 回落"), (0.8, "▬ 持平"), (1.2, "▬ 持平"), (9.0, "▲ 上升")]
)
def test_a_concern_rises_when_more_is_said_of_it_than_before(house, browse, affair, growth, word):
    with house.database.begin() as session:
        session.get_one(Concern, 1).growth = growth
    for address in ("/now/concerns", "/incidents/1"):
        assert word in browse("观者").get(address).text


def test_a_concern_shows_the_moods_that_lead_it(house, browse, affair):
    with house.database.begin() as session:
        moods = {"anxiety": 0.01, "doubt": 0.4, "hostility": 0.3}
        session.get_one(Concern, 1).moods = moods
    page = browse("观者").get("/incidents/1").text
    shown = page[page.index('id="concern-1"') : page.index("看背后的")]
    assert re.findall(r"mood-text-(\w+)", shown) == ["doubt", "hostility"]


def test_a_statement_that_rests_on_no_fact_is_no_considered_one(house, affair):
    now = house.clock()
    with house.database.begin() as session:
        session.add(_release(now))
        session.flush()
        met = {one.name for one in clock_of(session, affair, now, OWED) if one.done}
        assert met == {"assess", "first"}
        people = {"owner_id": 2, "entered_by": 2, "entered": now}
        session.add(Fact(topic_id=1, statement="已停售。", source="公司", **people))
        session.flush()
        session.add(Claim(release_id=1, fact_id=1, sentence="已停售。"))
        session.flush()
        met = {one.name for one in clock_of(session, affair, now, OWED) if one.done}
        assert met == {"assess", "first", "considered"}


def test_the_clock_stops_when_the_incident_ends(house, browse, affair):
    now = house.clock()
    with house.database.begin() as session:
        incident = session.get_one(Incident, affair.id)
        incident.closed = now
        ended = clock_of(session, incident, now + timedelta(days=9), OWED)
        assert all(one.mark != "running" and one.left <= timedelta(0) for one in ended)
        assert {one.name for one in ended} == {one.name for one in ended if one.due <= now}
    assert "还剩" not in browse("林晓").get(f"/incidents/{affair.id}").text


def test_the_clock_follows_the_settings_and_hints_their_readers(house, browse, affair):
    slow = replace(house, owed={name: timedelta(hours=9) for name in house.owed})
    assert "还剩 7 小时 0 分" in Browser(slow, "林晓").get("/").text
    for name, seen in (("周宁", "点“一键起草”开始"), ("林晓", "等撰稿人或公关负责人起草")):
        assert seen in browse(name).get("/incidents/1").text
    assert "点“一键起草”" in browse("许岚").get("/releases").text
    assert "一键起草" not in browse("观者").get("/releases").text


def test_filters_narrow_the_posts(browse, affair):
    browser = browse("观者")
    assert "15 条" in browser.get("/search?platform=weibo").text
    assert "10 条" in browser.get("/search?mood=hostility").text
    assert "1 条" in browser.get("/search?words=第7条").text
    assert "没有符合" in browser.get("/search?words=%25").text
    assert "没有符合" in browser.get("/search?words=_").text
    assert "10 条" in browser.get("/incidents/1?mood=doubt").text


def test_a_search_offers_the_platforms_of_its_time_and_the_one_that_was_asked_for(browse, affair):
    page = browse("观者").get("/search?platform=tieba").text
    names = ("weibo", "forum", "tieba", "news")
    offered = [one for one in names if f'<option value="{one}"' in page]
    assert offered == ["weibo", "forum", "tieba"]
    assert '<option value="tieba" selected>' in page


def test_every_screen_speaks_english(browse, affair):
    browser = browse("孟管")
    browser.submit("/account/language", language="en")
    assert "What people ask" in browser.get("/").text
    assert "Open incident" in browser.get("/").text
