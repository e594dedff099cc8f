"""What an affair shows of its signals: course, climb, copies, voices, effect, expected range."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dashboard.effects import outcome
from dashboard.rivals import against
from dashboard.terms import terms_of
from dashboard.voices import voices
from releases.draft import write_draft
from storage import bucket
from storage.mention import Mention, MentionTopic
from storage.person import Person
from storage.release import Release
from storage.topic import Source, Topic, Visit
from storage.voice import ClimbRow
from tests.dashboard.conftest import furnish

RUMOUR = "紧急扩散：晴川酸奶吃出异物，大家不要再买了，转给家里有孩子的人看"
OURS = "经第三方检测机构检测，异物为凝固的乳蛋白，对人体无害，检测报告编号二零二六零三一。"


@pytest.fixture
def house(database, clock, hashed):
    return furnish(database, clock, hashed)


def say(house, rows, topic=1, labels=0):
    """Store posts given as (hours ago, text, author) and count them; copies of one text fold."""
    now, first = house.clock(), {}
    with house.database.begin() as session:
        for number, (ago, text, author) in enumerate(rows):
            at = now - timedelta(hours=ago)
            kept = {"platform": "weibo", "platform_id": f"{topic}-{text[:4]}-{number}"}
            kept |= {"kind": "post", "text": text, "author": author, "labels": labels}
            kept |= {"published": at, "first_seen": at, "last_seen": at, "model": "m"}
            mention = Mention(**kept, story=first.get(text))
            session.add(mention)
            session.flush()
            link = {"mention_id": mention.id, "topic_id": topic, "published": at}
            session.add(MentionTopic(**link, story=mention.story))
            tally = bucket.Tally(topic, "weibo", at, labels, copy=mention.story is not None)
            bucket.count(session, [tally])
            first.setdefault(text, mention.id)


def release(house, ago):
    at = house.clock() - timedelta(hours=ago)
    with house.database.begin() as session:
        author = session.get(Person, 2)
        made = write_draft(session, 1, author, at, terms_of(house))
        made.state, made.published = "published", at


def other(house, days=20):
    with house.database.begin() as session:
        made = Topic(name="远山牛奶", query="远山", created=house.clock() - timedelta(days=days))
        session.add(made)
        session.flush()
        return made.id


def test_a_flood_is_named_and_the_curves_fold(house, browse, affair):
    say(house, [(0.5 + n / 60, RUMOUR, f"hand{n % 3}") for n in range(12)])
    browser = browse("观者")
    page = browser.get("/incidents/1").text
    assert "复制刷屏" in page
    assert "3 个账号" in page
    assert "11 条是复制" in page
    assert "folded=true" in browser.get("/incidents/1?folded=true").text
    whole = browser.get("/charts/1.json?hours=3").json()["curves"][0]["values"]
    folded = browser.get("/charts/1.json?hours=3&folded=true").json()["curves"][0]["values"]
    assert sum(filter(None, whole)) - sum(filter(None, folded)) == 11


def test_the_climb_and_the_course_are_told_or_said_to_be_unknown(house, browse, affair):
    browser = browse("观者")
    page = browser.get("/incidents/1").text
    assert "还没有大号、媒体或新闻网站跟进" in page
    assert "数据太少，情绪走向暂不判断" in page
    with house.database.begin() as session:
        row = {"incident_id": 1, "tier": 3, "at": house.clock(), "outlet": "<b>晨报</b>"}
        session.add(ClimbRow(**row, lag=5_400, lift=3.25, low=2.0, high=5.1, measured=True))
    page = browser.get("/incidents/1").text
    assert "新闻网站" in page
    assert "&lt;b&gt;晨报" in page
    assert "距首条 1 小时 30 分" in page
    assert "3.2 倍（2.0–5.1）" in page


def test_who_fills_the_talk_window_by_window(house, affair):
    now = house.clock()
    say(house, [(0.2 + n / 100, f"{OURS}转发第{n}次", None) for n in range(6)])
    with house.database.read() as session:
        found = voices(
            session, 1, now - timedelta(hours=2), now, [(now - timedelta(hours=1), OURS)]
        )
        before = voices(session, 1, now - timedelta(hours=2), now, [])
    assert found.released
    assert found.whole.shares["facts"].count == 6
    assert found.whole.posts == sum(one.posts for one in found.windows)
    share = found.whole.shares["facts"]
    assert share.low < share.share < share.high
    assert sum(one.share for one in found.whole.shares.values()) == pytest.approx(1)
    assert before.whole.shares["facts"].count == 0
    assert len(found.windows) <= 9


def test_a_topic_is_held_against_the_others(house, browse, affair):
    number = other(house)
    say(house, [(n / 10 + 0.1, f"远山的第{n}条", None) for n in range(10)], topic=number)
    now = house.clock()
    with house.database.read() as session:
        topics = [session.get(Topic, 1), session.get(Topic, number)]
        ranked = against(session, topics, now - timedelta(hours=12), now)
    assert [(topic.id, share.count) for topic, share in ranked] == [(1, 30), (number, 10)]
    assert "远山牛奶" in browse("观者").get("/incidents/1").text


def test_an_effect_waits_for_its_time_and_then_speaks_honestly(house, browse, affair, clock):
    with house.database.begin() as session:
        session.get(Topic, 1).created = clock() - timedelta(days=20)
    number = other(house)
    for topic in (1, number):
        say(house, [(n / 2, f"{topic}说的第{n}条", None) for n in range(400)], topic=topic)
    release(house, ago=0.5)
    page = browse("观者").get("/incidents/1").text
    assert "时间还短，最早" in page
    with house.database.read() as session:
        young = outcome(session, session.get(Release, 1), clock())
        assert young.rows == []
        assert young.due == clock() + timedelta(hours=1.5)
        clock.advance(hours=2)
        judged = outcome(session, session.get(Release, 1), clock())
    assert judged.window == timedelta(hours=2)
    assert judged.controls == ["远山牛奶"]
    assert [name for name, _ in judged.rows] == list(bucket.CURVES)
    page = browse("观者").get("/incidents/1").text
    assert "若未发布预计" in page
    assert "数量太少，无法判断" in page
    assert "发布效果" in browse("观者").get("/releases/1").text


def test_a_topic_that_nobody_speaks_of_is_no_control(house, affair, clock):
    with house.database.begin() as session:
        session.get(Topic, 1).created = clock() - timedelta(days=20)
    other(house)
    say(house, [(n / 2, f"第{n}条", None) for n in range(900)])
    release(house, ago=0)
    clock.advance(hours=8)
    with house.database.read() as session:
        found = outcome(session, session.get(Release, 1), clock())
        assert (found.window, found.controls) == (None, [])
        assert found.due == clock() + timedelta(hours=16)


def test_without_a_past_no_effect_is_claimed(house, affair, clock):
    release(house, ago=30)
    with house.database.read() as session:
        found = outcome(session, session.get(Release, 1), clock())
    assert (found.window, found.due, found.rows) == (None, None, [])


def test_the_expected_range_is_a_band_that_begins_with_the_records(house, browse, affair):
    with house.database.begin() as session:
        session.get(Topic, 1).created = house.clock() - timedelta(days=3)
    data = browse("观者").get("/charts/1.json?hours=6").json()
    assert set(data["bands"]) == {curve["name"] for curve in data["curves"]}
    low, high = data["bands"]["volume"]["low"], data["bands"]["volume"]["high"]
    assert len(low) == len(high) == len(data["times"])
    assert all(a <= b for a, b in zip(low, high, strict=True))
    early = browse("观者").get("/charts/1.json?hours=168").json()["bands"]["volume"]["high"]
    assert early[0] is None
    assert early[-1] is not None
    assert browse("观者").get("/charts/1.json?hours=6&by=shares").json()["bands"] == {}


def test_what_no_source_has_looked_at_yet_is_unknown_and_not_calm(house, browse, affair, clock):
    def tail():
        values = browse("观者").get("/charts/1.json?hours=3").json()["curves"][0]["values"]
        return values[-8:]

    with house.database.begin() as session:
        session.add(Source(name="微博", kind="weibo", url="http://x.example", created=clock()))
        session.flush()
        session.add(Visit(source_id=1, started=clock(), ended=clock(), outcome="ok"))
    clock.advance(minutes=16)
    assert tail()[-7:] == [None] * 7
    with house.database.begin() as session:
        session.add(Visit(source_id=1, started=clock(), ended=clock(), outcome="empty"))
    assert tail()[-7:] == [0] * 7


def test_what_no_source_saw_is_a_gap_and_never_zero(house, browse, affair, clock):
    now = clock()
    with house.database.begin() as session:
        session.add(Source(name="微博", kind="weibo", url="http://x.example", created=now))
        session.flush()
        for minutes, result in ((300, "ok"), (110, "blocked"), (30, "ok"), (0.5, "ok")):
            at = now - timedelta(minutes=minutes)
            session.add(Visit(source_id=1, started=at, ended=at, outcome=result))
        begun, ended = (int((now - timedelta(minutes=m)).timestamp()) for m in (110, 30))
        for table in (bucket.Bucket, bucket.Total):
            inside = (table.start >= begun, table.start < ended)
            session.query(table).where(table.topic_id == 1, *inside).delete()
    data = browse("观者").get("/charts/1.json?hours=3").json()
    values = data["curves"][0]["values"]
    step = data["step"] / 60
    gap = [i for i, value in enumerate(values) if value is None and i > 70 / step]
    assert len(gap) == pytest.approx(80 / step, abs=2)
    assert len(data["blind"]) == 1
    page = browse("观者").get("/charts/1?hours=3").text
    assert "未知" in page
