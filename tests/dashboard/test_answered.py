"""The talk of what a release answered, held against the talk of what it did not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from analysis.asked import speaks_of
from dashboard.effects import outcome
from storage.incident import Concern
from storage.release import Answer, Release
from storage.topic import Topic
from tests.dashboard.conftest import furnish
from tests.dashboard.test_signs import release, say

WHAT, PAY = ["异物", "检测", "报告"], ["赔偿", "门店", "退款"]


@pytest.fixture
def house(database, clock, hashed):
    return furnish(database, clock, hashed)


def stage(house, answered):
    """Fifteen hours of both concerns; of the first nothing more is said after the release."""
    with house.database.begin() as session:
        session.get(Topic, 1).created = house.clock() - timedelta(days=20)
        session.get(Concern, 1).words = WHAT
        kept = {"incident_id": 1, "question": "谁来赔偿？", "size": 9, "updated": house.clock()}
        session.add(Concern(key="pay", words=PAY, **kept))
    hours = [n / 60 for n in range(900)]
    say(
        house,
        [(ago, f"第{n}次问：异物检测报告呢", None) for n, ago in enumerate(hours) if ago > 2.3],
    )
    say(house, [(ago + 0.01, f"问{n}：门店退款赔偿呢", None) for n, ago in enumerate(hours)])
    release(house, ago=2.2)
    with house.database.begin() as session:
        session.query(Answer).delete()
        session.add_all(
            [Answer(release_id=1, concern_id=one, status="answered") for one in answered]
        )


def test_a_concern_that_was_answered_is_asked_less_than_one_that_was_not(
    house, browse, affair, clock
):
    stage(house, answered=[1])
    with house.database.read() as session:
        asked = outcome(session, session.get(Release, 1), clock()).asked
    assert asked.after < 12
    assert asked.before > 20
    assert asked.low > 10
    assert asked.shown
    assert "已回应的关切" in browse("观者").get("/incidents/1").text


@pytest.mark.parametrize("answered", [[], [1, 2]])
def test_without_both_sides_nothing_is_claimed(house, browse, affair, clock, answered):
    stage(house, answered)
    with house.database.read() as session:
        assert outcome(session, session.get(Release, 1), clock()).asked is None
    assert "已回应的关切" not in browse("观者").get("/incidents/1").text


def test_a_post_speaks_of_the_concern_whose_words_it_shares():
    said = ["检测报告呢", "门店不给退款", "孩子喝了", "报告和赔偿", ""]
    assert speaks_of(said, [WHAT, PAY]).tolist() == [0, 1, -1, -1, -1]
    assert speaks_of(said, []).tolist() == [-1] * 5
