"""Topics on screen: tried first, then saved, by those who may, with every change on record."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, insert, select

from analysis.query import parse
from dashboard.topic_page import stamp
from dashboard.topics import resting
from dashboard.trial import LEAST_READ, LOOKS, trial
from releases.audit import steps_of, verify_chain
from storage.incident import Incident
from storage.mention import Mention
from storage.topic import Topic
from tests.dashboard.conftest import furnish


@pytest.fixture
def house(database, clock, hashed):
    return furnish(database, clock, hashed)


def topic(house, number=1):
    with house.database.read() as session:
        return session.get(Topic, number)


def add_post(house, number, text, **more):
    at = house.clock() - timedelta(hours=number)
    with house.database.begin() as session:
        row = {"platform": "weibo", "kind": "post", "platform_id": f"x{number}", "labels": 0} | more
        session.add(Mention(text=text, published=at, first_seen=at, last_seen=at, **row))


def test_a_new_topic_is_tried_before_it_is_saved(house, browse, affair):
    browser = browse("许岚")
    assert "新建话题" in browser.get("/topics").text
    tried = browser.submit("/topics/try", name="异物", query="异物 AND 说法")
    assert tried.status_code == 200
    assert "30" in tried.text
    assert "第0条" in tried.text
    unseen = browser.submit("/topics", name="异物", query="异物 AND 说法")
    assert unseen.status_code == 409
    assert "还没有保存" in unseen.text
    assert topic(house, 2) is None
    mark = re.search(r'name="tried" value="(\w+)"', unseen.text)[1]
    saved = browser.submit("/topics", name="异物", query="异物 AND 说法", tried=mark)
    assert saved.headers["location"] == "/topics/2?said=topic_added"
    assert topic(house, 2).query == "异物 AND 说法"
    assert "许岚" in browser.get("/topics/2").text


def test_an_error_points_at_the_character(house, browse, affair):
    page = browse("孟管").submit("/topics/try", topic="1", query="酸奶\r\nAND (异物")
    assert "第 8 个字符处的左括号" in page.text
    assert 'data-caret="7"' in page.text
    assert "<mark>(</mark>" in page.text


def test_another_query_is_told_apart_from_the_one_in_force(house, browse, affair):
    add_post(house, 1, "别家的果汁也有异物")
    add_post(house, 2, "晴川博物馆今天开放")
    page = browse("孟管").submit("/topics/try", topic="1", name="酸奶", query="异物 NOT 第3条").text
    assert "+1 / −2" in page
    assert "别家的果汁" in page
    assert "晴川博物馆" in page
    assert "差一点：1 条" in page


def test_only_some_may_change_topics(house, browse, affair):
    for name in ("林晓", "周宁", "陈律", "观者"):
        browser = browse(name)
        assert browser.get("/topics/new").status_code == 403
        assert 'name="query"' not in browser.get("/topics/1").text
        for path in ("/topics", "/topics/1", "/topics/try", "/topics/1/archive"):
            assert browser.submit(path, name="x", query="x").status_code == 403
    assert browse("孟管").post("/topics/1/archive", data={}).status_code == 403
    assert topic(house).archived is None


def test_a_rename_needs_no_trial_and_a_taken_name_is_refused(house, browse, affair):
    browser = browse("孟管")
    query = topic(house).query
    renamed = browser.submit("/topics/1", name=" 晴川  酸奶事件 ", query=query, seen=stamp(query))
    assert renamed.status_code == 303
    assert topic(house).name == "晴川 酸奶事件"
    mark = stamp("果汁")
    browser.submit("/topics", name="果汁", query="果汁", tried=mark)
    taken = browser.submit("/topics/2", name="晴川 酸奶事件", query="果汁")
    assert taken.status_code == 400
    assert "已有叫" in taken.text
    assert browser.submit("/topics", name="", query="果汁", tried=mark).status_code == 400


def test_a_query_changed_meanwhile_is_not_written_over(house, browse, affair):
    first, second = browse("孟管"), browse("许岚")
    old = stamp(topic(house).query)
    asked = {"name": "晴川酸奶", "query": "酸奶", "tried": stamp("酸奶"), "seen": old}
    assert first.submit("/topics/1", **asked).status_code == 303
    asked |= {"query": "牛奶", "tried": stamp("牛奶")}
    assert second.submit("/topics/1", **asked).status_code == 409
    assert topic(house).query == "酸奶"
    with house.database.read() as session:
        steps = steps_of(session, "topic", 1)
        assert [step.action for step in steps] == ["topic_changed"]
        assert steps[0].data["was_query"] == "晴川 酸奶"
        assert verify_chain(session) == []


def test_a_list_of_topics_asks_no_more_for_more_of_them(house, browse, affair):
    asked: list[str] = []
    browser = browse("观者")
    event.listen(house.database.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    assert '<td class="num">30</td><td class="num">1</td>' in browser.get("/topics").text
    few = len(asked)
    with house.database.begin() as session:
        now = house.clock()
        session.add_all(Topic(name=f"品牌{n}", query="品牌", created=now) for n in range(20))
    asked.clear()
    assert browser.get("/topics").text.count('<td class="num">0</td><td class="num">0</td>') == 20
    assert len(asked) == few


def test_archiving_ends_affairs_and_can_be_undone(house, browse, affair, clock):
    browser = browse("孟管")
    assert "进行中的 1 个事件" in browser.get("/topics/1").text
    browser.submit("/topics/1/archive")
    with house.database.read() as session:
        assert session.scalars(select(Incident)).one().closed == clock()
    assert "已归档" in browser.get("/topics").text
    begun = clock()
    clock.advance(hours=3)
    browser.submit("/topics/1/restore")
    assert topic(house).archived is None
    with house.database.read() as session:
        assert resting(session, 1, clock()) == [(begun, clock())]


def test_a_trial_reads_a_bounded_number_newest_first(house, affair):
    at = house.clock() - timedelta(days=1)
    row = {"platform": "forum", "kind": "post", "text": "果汁", "first_seen": at, "last_seen": at}
    rows = [
        row | {"platform_id": f"b{n}", "published": at - timedelta(minutes=n)}
        for n in range(2 * LEAST_READ)
    ]
    with house.database.begin() as session:
        session.execute(insert(Mention), rows)
    with house.database.read() as session:
        whole = trial(session, parse("异物 果汁"), house.clock())
        assert whole.whole
        assert whole.spans == {1: 30, 7: 30 + 2 * LEAST_READ, 30: 30 + 2 * LEAST_READ}
        assert len(whole.found.posts) == 5
        many = parse(" ".join(["果汁", *(f"w{n}" for n in range(25_000))]))
        cut = trial(session, many, house.clock())
    assert not cut.whole
    assert (cut.read, cut.found.count) == (LOOKS // 25_001, LOOKS // 25_001 - 30)


def test_replies_follow_their_thread_in_a_trial(house, affair):
    add_post(house, 1, "盒子里有条虫", platform_id="r", thread="r")
    add_post(house, 2, "太恶心了", kind="comment", thread="r")
    add_post(house, 24 * 60, "老帖：虫", platform_id="o", thread="o")
    add_post(house, 3, "又被翻出来了", kind="comment", thread="o")
    with house.database.read() as session:
        found = trial(session, parse("虫"), house.clock())
    assert found.found.count == 3
    assert found.by_thread == 2


def test_what_a_database_cannot_hold_is_left_out(house, browse, affair):
    typed = {"name": "果\x00汁", "query": "果汁\x00", "tried": stamp("果汁")}
    assert browse("孟管").submit("/topics", **typed).status_code == 303
    assert (topic(house, 2).name, topic(house, 2).query) == ("果汁", "果汁")
