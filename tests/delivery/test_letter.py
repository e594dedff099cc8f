"""Letters: no text becomes a header, and the same key is the same letter."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.letter import MAX_SUBJECT, address_of, compose, message_id
from delivery.outbox import Outgoing

SENDER = Address("", "pr", "corp.cn")
WHEN = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)
HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress",
    "List-Id", "MIME-Version", "Content-Type",
}  # fmt: skip


def made(**payload: object):
    whole = {"subject": "s", "text": "t", "html": "<p>h</p>"} | payload
    return compose(Outgoing("alert:2:mail:1", "lin@example.cn", whole, WHEN), SENDER)


@given(st.text())
def test_a_subject_stays_a_subject(subject: str) -> None:
    mail = made(subject=subject)
    sent = message_from_bytes(mail.as_bytes(), policy=default)
    assert set(sent.keys()) == HEADERS
    assert len(sent["Subject"]) <= MAX_SUBJECT
    assert "\n" not in sent["Subject"]


@given(st.text())
def test_an_address_is_one_address_or_none(text: str) -> None:
    try:
        found = address_of(text)
    except ValueError:
        return
    assert found.addr_spec.isprintable()
    assert not set(" ,;<>\r\n") & set(found.addr_spec)


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=500))
def test_bodies_arrive_as_written(text: str) -> None:
    sent = message_from_bytes(made(text=text, html=text).as_bytes(), policy=default)
    bodies = [part.get_content() for part in sent.iter_parts()]
    want = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    assert [body.replace("\r\n", "\n").rstrip("\n") for body in bodies] == [want, want]


def test_mails_of_one_affair_refer_to_its_first() -> None:
    first, later = made(thread="alert:2:mail:1"), made(thread="alert:1:mail:1")
    assert first["In-Reply-To"] is None
    assert later["In-Reply-To"] == later["References"] == message_id("alert:1:mail:1", "corp.cn")


def test_machines_do_not_answer_it() -> None:
    mail = made(urgent=True, list="digest")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["List-Id"] == "<digest.chengqing.corp.cn>"
    assert mail["Importance"] == "high"
    assert mail["Date"].datetime == WHEN


@pytest.mark.parametrize(
    "text", ["a" * 65 + "@b.cn", "a@" + "b" * 250 + ".cn.cn", "a@", "@", "a@b\n.cn", "a @b.cn"]
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the codec's own error is one
        address_of(text)
