"""The name behind a pseudonym opens for few, with a reason, and on record."""

from __future__ import annotations

from datetime import timedelta

import pytest

from releases.audit import steps_of, verify_chain
from storage.intake import RETENTION, accept
from storage.line import MentionLine
from storage.mention import AuthorName, Mention
from storage.seal import Seal
from tests.dashboard.conftest import furnish

NAME = "爱喝酸奶的小林"


@pytest.fixture
def house(database, clock, hashed):
    made = furnish(database, clock, hashed)
    line = {
        "platform": "weibo",
        "id": "1",
        "kind": "post",
        "author": {"id": "77", "name": NAME, "kind": "person"},
        "published": clock().isoformat(),
        "text": "酸奶里有异物",
    }
    with database.begin() as session:
        accept(session, [MentionLine.model_validate(line)], Seal(made.secret), clock())
    return made


def looks(house):
    with house.database.read() as session:
        assert verify_chain(session) == []
        return steps_of(session, "mention", 1)


def test_a_lawyer_opens_it_with_a_reason_that_stays(house, browse):
    browser = browse("陈律")
    page = browser.get("/posts/1/author").text
    assert NAME not in page
    answer = browser.submit("/posts/1/author", reason="律师函取证 2026-031")
    assert answer.status_code == 200
    assert NAME in answer.text
    assert answer.headers["cache-control"] == "no-store"
    (step,) = looks(house)
    assert (step.action, step.person_id) == ("reveal_author", 4)
    assert step.data["reason"] == "律师函取证 2026-031"
    assert NAME not in str(step.data)
    again = browse("孟管").get("/posts/1/author").text
    assert "律师函取证 2026-031" in again
    assert NAME not in again


def test_without_a_reason_nothing_opens(house, browse):
    for reason in ("", "   ", "查"):
        answer = browse("孟管").submit("/posts/1/author", reason=reason)
        assert answer.status_code == 400
        assert NAME not in answer.text
    assert looks(house) == []


def test_others_may_not(house, browse):
    for name in ("林晓", "周宁", "许岚", "何川", "观者"):
        browser = browse(name)
        assert browser.get("/posts/1/author").status_code == 403
        answer = browser.submit("/posts/1/author", reason="就是想知道")
        assert answer.status_code == 403
        assert NAME not in answer.text
    assert browse("陈律").post("/posts/1/author", data={"reason": "够长的理由"}).status_code == 403
    assert looks(house) == []


def test_a_name_whose_time_is_over_or_whose_key_is_lost_stays_closed(house, browse, clock):
    with house.database.begin() as session:
        held = session.get(AuthorName, session.get(Mention, 1).author)
        held.sealed = Seal("t" * 40).close(NAME)
    broken = browse("陈律").submit("/posts/1/author", reason="律师函取证")
    assert broken.status_code == 409
    assert "CHENGQING_SECRET" in broken.text
    with house.database.begin() as session:
        held = session.get(AuthorName, session.get(Mention, 1).author)
        held.expires = clock() - timedelta(seconds=1)
    late = browse("陈律").submit("/posts/1/author", reason="律师函取证")
    assert late.status_code == 409
    assert timedelta(days=184) <= RETENTION
    assert looks(house) == []
    assert browse("陈律").get("/posts/9/author").status_code == 404
