"""Telling on both databases: one alert, one mail a person, in one transaction with its cause."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from alerts.context import Context
from alerts.course import course_of
from alerts.tell import tell_blind, tell_incident, tell_open
from delivery.mail import SmtpSender
from delivery.mailbox import Mailbox
from delivery.outbox import SendReport, send_due
from storage.delivery import Delivery
from storage.incident import Alert, Incident, acknowledge, alerts_of, unacknowledged


def tick(affair, context: Context, at: datetime) -> list[str]:
    with affair.database.begin() as session:
        return [alert.kind for alert in tell_open(session, at, context)]


def mails(affair) -> list[Delivery]:
    with affair.database.read() as session:
        return list(session.scalars(select(Delivery).order_by(Delivery.id)))


def test_an_incident_is_one_alert_and_a_mail_for_each_who_wants_it(affair, context, now) -> None:
    lin, amy = affair.person("lin@example.cn"), affair.person("amy@example.com", "en")
    affair.person("off@example.cn", alerted=False)
    affair.person("gone@example.cn", active=False)
    affair.open()
    assert tick(affair, context, now) == ["opened"]
    assert tick(affair, context, now + timedelta(hours=1)) == []
    first, second = mails(affair)
    assert first.key == f"alert:{first.alert_id}:mail:{lin}"
    assert second.key == f"alert:{first.alert_id}:mail:{amy}"
    assert first.payload["subject"].startswith("【重大】澄湖酸奶：怀疑异常上升")
    assert second.payload["subject"].startswith("[Major] 澄湖酸奶: unusual rise of doubt")
    with affair.database.read() as session:
        (alert,) = unacknowledged(session)
        assert alert.id == first.alert_id == second.alert_id
        assert alert.text["key"] == "alerts.told_opened"
        assert alert.text["urgent"]


def test_a_rolled_back_cause_tells_nothing(affair, context, now) -> None:
    affair.person("lin@example.cn")
    affair.open()
    with affair.database.begin() as session:
        assert tell_open(session, now, context)
        session.rollback()
    assert mails(affair) == []
    assert tick(affair, context, now) == ["opened"]


def test_an_incident_is_told_in_the_transaction_that_opens_it(affair, context, now) -> None:
    affair.person("lin@example.cn")
    with affair.database.begin() as session:
        incident = Incident(
            topic_id=affair.topic, opened=now, last_spike=now, stage="latent", stage_at=now
        )
        session.add(incident)
        (alert,) = tell_incident(session, incident, now, context)
        assert alert.incident_id == incident.id
    assert len(mails(affair)) == 1


def test_an_affair_over_before_anyone_looked_is_told(affair, context, now) -> None:
    affair.open()
    affair.change(closed=now)
    assert tick(affair, context, now) == ["opened"]
    assert tick(affair, context, now + timedelta(minutes=5)) == ["closed"]
    assert tick(affair, context, now + timedelta(days=1)) == []


def test_nobody_to_tell_is_still_an_alert(affair, context, now) -> None:
    affair.open()
    assert tick(affair, context, now) == ["opened"]
    assert mails(affair) == []


def test_the_affair_grows_in_one_thread(affair, context, now) -> None:
    affair.person("lin@example.cn")
    affair.open(severity=2)
    told = tick(affair, context, now)
    affair.change(severity=3)
    told += tick(affair, context, now + timedelta(minutes=1))
    affair.spike("hostility", now + timedelta(minutes=2))
    told += tick(affair, context, now + timedelta(minutes=3))
    told += tick(affair, context, now + timedelta(minutes=6))
    affair.change(closed=now + timedelta(hours=9))
    told += tick(affair, context, now + timedelta(hours=9))
    told += tick(affair, context, now + timedelta(hours=10))
    affair.change(closed=None, stage="relapse")
    told += tick(affair, context, now + timedelta(hours=11))
    assert told == ["opened", "escalated", "update", "closed", "reopened"]
    found = mails(affair)
    assert {mail.payload["thread"] for mail in found} == {found[0].key}
    assert [mail.payload["urgent"] for mail in found] == [True, True, False, False, True]
    subjects = [mail.payload["subject"] for mail in found]
    assert "由「较大」升为「重大」" in subjects[1]
    assert "敌对也开始异常上升" in subjects[2]
    assert subjects[3].startswith("【平息】")


def test_a_newcomer_gets_a_thread_of_their_own(affair, context, now) -> None:
    affair.person("lin@example.cn")
    affair.open()
    tick(affair, context, now)
    amy = affair.person("amy@example.com")
    affair.change(severity=4)
    tick(affair, context, now + timedelta(minutes=1))
    last = mails(affair)[-1]
    assert last.address == "amy@example.com"
    assert last.payload["thread"] == last.key
    assert last.key.endswith(f":{amy}")


def test_two_affairs_are_two_threads(affair, context, now) -> None:
    affair.person("lin@example.cn")
    affair.open()
    tick(affair, context, now)
    affair.database.engine.dispose()
    with affair.database.begin() as session:
        other = Incident(
            topic_id=affair.topic, opened=now, last_spike=now, stage="latent", stage_at=now
        )
        session.add(other)
    assert tick(affair, context, now) == ["opened"]
    first, second = mails(affair)
    assert first.payload["thread"] != second.payload["thread"]


def test_taking_it_up_ends_the_reminders(affair, context, now) -> None:
    lin = affair.person("lin@example.cn")
    affair.open()
    tick(affair, context, now)
    with affair.database.begin() as session:
        (alert,) = alerts_of(session, affair.incident)
        assert acknowledge(session, alert.id, lin, now + timedelta(minutes=10))
        assert not acknowledge(session, alert.id, lin, now + timedelta(minutes=11))
        assert not acknowledge(session, 999, lin, now)
        assert unacknowledged(session) == []
    with affair.database.read() as session:
        assert session.get_one(Incident, affair.incident).acknowledged is not None
    affair.spike("doubt", now + timedelta(hours=5))
    assert tick(affair, context, now + timedelta(hours=6)) == []


def test_a_blind_source_is_told_once_and_its_recovery_once(affair, context, now) -> None:
    affair.person("lin@example.cn")
    source, other = affair.source("微博搜索"), affair.source("论坛")
    told = []
    story = ["ok", "blocked", "blocked", None, "blocked", "blocked", "ok", "ok", "blocked"]
    for number, outcome in enumerate(story):
        at = now + timedelta(minutes=10 * number)
        affair.visit(source, outcome, at)
        affair.visit(other, "ok", at)
        with affair.database.begin() as session:
            told += [alert.kind for alert in tell_blind(session, at, context)]
    assert told == ["blind", "seeing"]
    blind, seeing = mails(affair)
    assert "微博搜索" in blind.payload["subject"]
    assert "被拦截" in blind.payload["text"]
    assert "/sources" in blind.payload["html"]
    assert "恢复" in seeing.payload["subject"]


def test_the_mails_go_out_as_one_conversation(affair, context, clock) -> None:
    affair.person("lin@example.cn")
    affair.open()
    tick(affair, context, clock())
    affair.change(severity=4)
    tick(affair, context, clock.advance(minutes=1))
    with Mailbox() as box:
        sender = SmtpSender.from_url(box.url)
        assert send_due(affair.database, clock, {"mail": sender}) == SendReport(sent=2)
        assert send_due(affair.database, clock, {"mail": sender}) == SendReport()
    first, second = box.messages
    assert second["In-Reply-To"] == first["Message-ID"]
    assert first["In-Reply-To"] is None
    assert first["Importance"] == "high"


def test_alerts_of_a_topic_that_is_deleted_go_with_it(affair, context, now) -> None:
    affair.person("lin@example.cn")
    affair.open()
    tick(affair, context, now)
    with affair.database.begin() as session:
        session.delete(session.get_one(Incident, affair.incident))
    with affair.database.read() as session:
        assert session.scalars(select(Alert)).all() == []
    assert mails(affair) == []


def hours_of(affair, *shares: tuple[int, int]) -> None:
    """Doubt and hostility of each hour that ends with now, the newest last."""
    for back, (doubt, hostility) in enumerate(reversed(shares)):
        for number in range(doubt + hostility):
            mood = "doubt" if number < doubt else "hostility"
            affair.mention(f"{mood} {back} {number}", 60 * back + 10 + number % 40, mood)


def test_a_course_that_leads_to_hostility_is_told_once(affair, context, now) -> None:
    affair.person("lin@example.cn")
    affair.open()
    hours_of(affair, (14, 9), (14, 10), (14, 11), (14, 12), (15, 14))
    assert tick(affair, context, now) == ["opened"]
    assert tick(affair, context, now + timedelta(minutes=6)) == ["course"]
    assert "敌对情绪一天内占上风的可能约" in mails(affair)[-1].payload["subject"]
    assert tick(affair, context, now + timedelta(minutes=12)) == []


def test_a_thin_course_is_silent(affair, context, now) -> None:
    affair.open()
    hours_of(affair, (2, 2), (3, 3))
    with affair.database.read() as session:
        incident = session.get_one(Incident, affair.incident)
        found = course_of(session, incident, now)
    assert (found.leader, found.warns) == (None, False)
    assert found.why.key == "signals.path_thin"
    assert tick(affair, context, now) == ["opened"]
    assert tick(affair, context, now + timedelta(minutes=6)) == []
