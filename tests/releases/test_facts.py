from __future__ import annotations

from datetime import timedelta

import pytest

from releases import facts, workflow
from releases.audit import steps_of
from releases.facts import NewEvidence, NewFact
from releases.refusal import NotAllowed


def test_a_fact_is_usable_once_another_person_has_verified_it(room):
    fact = room.fact("涂层通过检测。", verified=False)
    assert not fact.usable(room.now)
    with pytest.raises(NotAllowed, match="须由另一人核实"):
        facts.verify(room.session, fact.id, room.people["author"], room.now)
    facts.verify(room.session, fact.id, room.people["lawyer"], room.now)
    assert fact.usable(room.now)
    actions = [step.action for step in steps_of(room.session, "fact", fact.id)]
    assert actions == ["enter", "verify"]


def test_verifying_twice_changes_nothing(room):
    fact = room.fact("涂层通过检测。")
    facts.verify(room.session, fact.id, room.people["lawyer"], room.now)
    assert fact.verified_by == room.people["lead"].id


def test_a_fact_expires(room):
    fact = room.fact("涂层通过检测。", valid_until=room.now + timedelta(hours=1))
    assert fact.usable(room.now)
    assert not fact.usable(room.now + timedelta(hours=1))


def test_revoking_names_the_releases_that_rest_on_it(asked):
    release = asked.draft()
    (fact,) = facts.usable(asked.session, asked.topic.id, asked.now)
    found = facts.revoke(asked.session, fact.id, asked.people["lead"], asked.now, "报告作废")
    assert found == [release]
    assert facts.usable(asked.session, asked.topic.id, asked.now) == []
    with pytest.raises(NotAllowed, match="R2"):
        asked.do(workflow.submit, release, "author")
    with pytest.raises(NotAllowed, match="已撤销"):
        facts.verify(asked.session, fact.id, asked.people["lead"], asked.now)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"statement": " "}, "fact_incomplete"),
        ({"source": "\u200b"}, "fact_incomplete"),
        ({"statement": "长" * 501}, "fact_too_long"),
        ({"kind": "rumour"}, "fact_kind"),
        ({"owner_id": 999}, "fact_owner"),
        ({"evidence": [NewEvidence("报告", url="javascript:alert(1)")]}, "fact_address"),
        ({"evidence": [NewEvidence("报告", sha256="abc")]}, "fact_hash"),
    ],
)
def test_what_a_fact_needs(room, change, key):
    new = NewFact(**{"statement": "涂层通过检测。", "source": "报告", **change})
    with pytest.raises(NotAllowed) as refused:
        facts.enter(room.session, room.topic.id, new, room.people["author"], room.now)
    assert refused.value.key == f"releases.{key}"


def test_a_validity_needs_a_zone_and_a_future(room):
    for moment in (room.now, room.now.replace(tzinfo=None) + timedelta(days=1)):
        new = NewFact("涂层通过检测。", "报告", valid_until=moment)
        with pytest.raises(NotAllowed) as refused:
            facts.enter(room.session, room.topic.id, new, room.people["author"], room.now)
        assert refused.value.key == "releases.fact_time"


def test_who_only_watches_keeps_no_facts(room):
    new = NewFact("涂层通过检测。", "报告")
    with pytest.raises(NotAllowed) as refused:
        facts.enter(room.session, room.topic.id, new, room.people["watcher"], room.now)
    assert refused.value.say("en").startswith("watcher may not enter")
