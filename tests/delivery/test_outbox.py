"""The outbox on both databases: sent once, retried with growing waits, given up visibly."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from delivery.mail import SmtpSender
from delivery.mailbox import Mailbox
from delivery.outbox import LEASE, PATIENCE, WAITS, Outgoing, SendReport, send_due
from delivery.undeliverable import Undeliverable, because, explain
from storage import delivery as outbox
from storage.base import Database
from storage.delivery import Delivery, Turn


class Channel:
    """A sender at the outer edge that does what its list of outcomes says, then sends."""

    def __init__(self, *outcomes: BaseException | str) -> None:
        self.outcomes = list(outcomes)
        self.seen: list[str] = []

    def send(self, message: Outgoing) -> str:
        self.seen.append(message.key)
        outcome = self.outcomes.pop(0) if self.outcomes else "250 ok"
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


class PowerCut(BaseException):
    """The process ends here."""


def later(*, everyone: bool = False) -> Undeliverable:
    why = because("wait_asked", host="h", code=451, said="later")
    return Undeliverable(why, final=False, everyone=everyone)


def doubt() -> Undeliverable:
    return Undeliverable(because("in_doubt", host="h"), final=False)


REFUSED = Undeliverable(because("address_wrong", address="x"), final=True)


def put(database: Database, now: datetime, *keys: str, channel: str = "mail") -> None:
    payload = {"subject": "s", "text": "t", "html": "h"}
    rows = [
        {"key": key, "channel": channel, "address": "lin@example.cn", "payload": payload}
        for key in keys
    ]
    with database.begin() as session:
        outbox.put(session, rows, now)


def row(database: Database, key: str = "a") -> Delivery:
    with database.read() as session:
        found = session.scalar(select(Delivery).where(Delivery.key == key))
        assert found is not None
        return found


def test_a_message_is_sent_once(database: Database, clock) -> None:
    channel = Channel()
    put(database, clock(), "a", "b")
    put(database, clock(), "a")
    assert send_due(database, clock, {"mail": channel}) == SendReport(sent=2)
    assert send_due(database, clock, {"mail": channel}) == SendReport()
    assert channel.seen == ["a", "b"]
    assert row(database).state == "sent"
    assert row(database).receipt == "250 ok"
    assert row(database).sent == clock()


def test_through_a_real_server(database: Database, clock, mailbox: Mailbox) -> None:
    put(database, clock(), "a")
    sender = SmtpSender.from_url(mailbox.url)
    assert send_due(database, clock, {"mail": sender}) == SendReport(sent=1)
    assert mailbox.messages[0]["Message-ID"] in str(row(database).receipt)


def test_waits_grow_and_end_within_a_day(database: Database, clock) -> None:
    channel = Channel(*[later() for _ in range(len(WAITS) + 5)])
    began = clock()
    put(database, began, "a")
    waited = []
    for _ in WAITS:
        assert send_due(database, clock, {"mail": channel}) == SendReport(retried=1)
        assert send_due(database, clock, {"mail": channel}) == SendReport()
        waited.append(row(database).next_at - clock())
        clock.now = row(database).next_at
    assert tuple(waited) == WAITS
    assert send_due(database, clock, {"mail": channel}) == SendReport(failed=1)
    assert clock() - began < PATIENCE
    assert row(database).state == "failed"
    assert "451" in explain(row(database).error)
    # It is over: nothing may promise another try by itself.
    assert "自动重试" not in explain(row(database).error)
    clock.advance(days=30)
    assert send_due(database, clock, {"mail": channel}) == SendReport()


def test_a_sleeping_machine_does_not_stretch_the_patience(database: Database, clock) -> None:
    put(database, clock(), "a")
    send_due(database, clock, {"mail": Channel(later())})
    clock.advance(hours=30)
    assert send_due(database, clock, {"mail": Channel(later())}) == SendReport(failed=1)


def test_a_final_refusal_fails_at_once_and_a_person_may_retry(database: Database, clock) -> None:
    put(database, clock(), "a")
    assert send_due(database, clock, {"mail": Channel(REFUSED)}) == SendReport(failed=1)
    with database.begin() as session:
        (failed,) = outbox.latest(session, 5)
        assert "不是可用的邮件地址" in explain(failed.error)
        assert "usable" in explain(failed.error, "en")
        assert outbox.retry(session, failed.id, clock())
    assert send_due(database, clock, {"mail": Channel()}) == SendReport(sent=1)
    with database.begin() as session:
        assert not outbox.retry(session, failed.id, clock())
        assert outbox.states(session) == {"sent": 1}


def test_what_is_set_aside_is_never_sent(database: Database, clock) -> None:
    put(database, clock(), "a")
    send_due(database, clock, {"mail": Channel(REFUSED)})
    with database.begin() as session:
        (failed,) = outbox.latest(session, 5)
        assert outbox.drop(session, failed.id)
        assert not outbox.drop(session, failed.id)
        assert not outbox.retry(session, failed.id, clock())
    assert send_due(database, clock, {"mail": Channel()}) == SendReport()
    assert row(database).state == "dropped"


def test_a_broken_channel_is_tried_once_a_run(database: Database, clock) -> None:
    put(database, clock(), "a", "b", "c")
    put(database, clock(), "w", channel="wire")
    mail, wire = Channel(later(everyone=True)), Channel()
    report = send_due(database, clock, {"mail": mail, "wire": wire})
    assert report == SendReport(sent=1, retried=3)
    assert mail.seen == ["a"]
    with database.begin() as session:
        waiting = select(Delivery).where(Delivery.state == "due").order_by(Delivery.id)
        assert [(one.key, bool(one.error)) for one in session.scalars(waiting)] == [
            ("a", True),
            ("b", True),
            ("c", True),
        ]
    clock.advance(minutes=1)
    assert send_due(database, clock, {"mail": mail}) == SendReport(sent=3)


def test_one_refusal_does_not_hold_up_the_others(database: Database, clock) -> None:
    put(database, clock(), "a", "b", "c")
    channel = Channel("ok", later(), REFUSED)
    assert send_due(database, clock, {"mail": channel}) == SendReport(1, 1, 1)


def test_the_limit_is_kept(database: Database, clock) -> None:
    put(database, clock(), *"abcde")
    assert send_due(database, clock, {"mail": Channel()}, limit=2) == SendReport(sent=2)


def test_a_power_cut_leaves_one_in_doubt_and_tries_it_once_more(database: Database, clock) -> None:
    put(database, clock(), "a", "b")
    with pytest.raises(PowerCut):
        send_due(database, clock, {"mail": Channel(PowerCut())})
    assert row(database, "a").state == "sending"
    assert row(database, "b").state == "due"
    channel = Channel()
    assert send_due(database, clock, {"mail": channel}) == SendReport(sent=1)
    clock.advance(seconds=LEASE.total_seconds())
    assert send_due(database, clock, {"mail": channel}) == SendReport(sent=1)
    assert channel.seen == ["b", "a"]


def test_twice_in_doubt_is_left_to_a_person(database: Database, clock) -> None:
    put(database, clock(), "a")
    for _ in range(2):
        with pytest.raises(PowerCut):
            send_due(database, clock, {"mail": Channel(PowerCut())})
        clock.advance(seconds=LEASE.total_seconds())
    channel = Channel()
    assert send_due(database, clock, {"mail": channel}) == SendReport(failed=1)
    assert channel.seen == []
    assert "可能已送达" in explain(row(database).error)


def test_an_unconfirmed_message_is_tried_once_more(database: Database, clock) -> None:
    put(database, clock(), "a")
    channel = Channel(doubt(), doubt())
    assert send_due(database, clock, {"mail": channel}) == SendReport(retried=1)
    clock.advance(minutes=1)
    assert send_due(database, clock, {"mail": channel}) == SendReport(failed=1)
    assert len(channel.seen) == 2


def test_no_doubt_is_forgotten_by_another_failure(database: Database, clock) -> None:
    put(database, clock(), "a")
    channel = Channel(doubt(), later(), doubt())
    for _ in range(3):
        send_due(database, clock, {"mail": channel})
        clock.advance(hours=1)
    assert row(database).state == "failed"


def test_a_late_result_does_not_overwrite_a_newer_claim(database: Database, clock) -> None:
    put(database, clock(), "a")
    with database.begin() as session:
        (first,) = outbox.claim(session, clock())
        slow = Turn(first.id, first.attempts)
    clock.advance(minutes=20)
    assert send_due(database, clock, {"mail": Channel()}) == SendReport(sent=1)
    with database.begin() as session:
        assert not outbox.record_failed(session, slow, clock(), "late")
    assert row(database).state == "sent"


def test_without_a_sender_it_waits_a_day_and_fails_visibly(database: Database, clock) -> None:
    put(database, clock(), "a")
    assert send_due(database, clock, {}) == SendReport()
    assert row(database).state == "due"
    clock.advance(hours=25)
    assert send_due(database, clock, {}) == SendReport(failed=1)
    assert "CHENGQING_SMTP" in explain(row(database).error)


def test_two_claims_share_nothing(database: Database, clock) -> None:
    put(database, clock(), *"abcd")
    with database.begin() as session:
        first = {one.key for one in outbox.claim(session, clock(), limit=2)}
    with database.begin() as session:
        second = {one.key for one in outbox.claim(session, clock(), limit=5)}
    assert (first, second) == ({"a", "b"}, {"c", "d"})
    with database.read() as session:
        assert outbox.states(session) == {"sending": 4}


def test_no_transaction_is_open_while_sending(sqlite_database: Database, clock) -> None:
    class Writer:
        def send(self, message: Outgoing) -> str:
            put(sqlite_database, clock(), "from-inside", channel="other")
            return "ok"

    put(sqlite_database, clock(), "a")
    assert send_due(sqlite_database, clock, {"mail": Writer()}) == SendReport(sent=1)


@pytest.mark.parametrize("error", [None, "", "plain words", "[1]", '{"key": "delivery.nothing"}'])
def test_any_stored_error_can_be_shown(error: str | None) -> None:
    assert explain(error) == (error or "")


def test_the_lease_outlasts_every_time_limit() -> None:
    sender = SmtpSender.from_url("smtp://127.0.0.1?from=a@b.cn")
    answers = 10  # greeting, EHLO twice, STARTTLS, AUTH thrice, MAIL, RCPT, DATA
    assert timedelta(seconds=answers * sender.answer + sender.acceptance) < LEASE
