"""No order of steps, by whomever, puts before the public what two others did not agree to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.orm import Session

from releases import facts, workflow
from releases.audit import verify_chain
from releases.canonical import digest
from releases.draft import add_questions
from releases.refusal import NotAllowed
from releases.terms import FULL, ONE_OTHER, Terms
from storage.base import Database
from storage.release import ReleaseState

PEOPLE = st.sampled_from(
    ["author", "lead", "lawyer", "both", "publisher", "owner", "watcher", "everything"]
)
SIGNERS = ["lead", "lawyer", "owner", "both", "everything"]
CAPACITIES = st.sampled_from([None, "pr_lead", "legal", "other", "fact:1"])
LINES = st.sampled_from(
    [
        "云朵獾澄清声明",
        "涂层合格。[F1]",
        "涂层全部合格。[F2]",
        "感谢大家的监督。",
        "已有3人就医。",
        "联系人XX。",
    ]
)


class Steps(RuleBasedStateMachine):
    """Keeps its own book of who wrote and who agreed to which text, by the letter of the policy."""

    furnish: Callable[..., object]
    policy: str
    database: Database

    @initialize()
    def begin(self):
        session = Session(self.database.engine, expire_on_commit=False)
        self.room = type(self).furnish(session, datetime(2026, 5, 20, 12, tzinfo=UTC))
        self.room.terms = Terms(self.room.terms.company, self.policy)
        self.room.concern("内胆的涂层有没有毒？", 50, ("涂层",))
        self.room.fact("内胆涂层检测未检出有害物质迁移。", "涂层")
        self.room.fact("送检涂层合格。", "涂层", verified=False)
        self.release = self.room.draft()
        self.wrote = {"author"}
        self.agreed: set[str] = set()
        self.text = self.release.digest

    def step(self, step, by, **more):
        with suppress(NotAllowed):
            self.room.do(step, self.release, by, **more)
            return True
        return False

    @rule(by=PEOPLE, place=st.sampled_from(["headline", "lead", "answers/0"]), line=LINES)
    def edit(self, by, place, line):
        if self.step(workflow.edit, by, changes={place: line}) and self.release.digest != self.text:
            self.text = self.release.digest
            self.wrote.add(by)
            self.agreed.clear()

    @rule(
        by=PEOPLE, step=st.sampled_from(["add", "submit", "publish", "send_back"]), draw=st.data()
    )
    def one_step(self, by, step, draw):
        getattr(self, step)(by, *([draw.draw(st.integers(1, 9))] if step == "send_back" else []))

    @rule(by=PEOPLE, capacity=CAPACITIES)
    def approve(self, by, capacity):
        if self.step(workflow.approve, by, capacity=capacity):
            self.agreed.add(by)

    @rule(by=st.permutations(SIGNERS), absent=PEOPLE, on=st.booleans())
    def nearly_everybody_agrees(self, by, absent, on):
        self.submit("author")
        for name in by:
            if name != absent:
                self.approve(name, None)
        if on:
            self.publish("publisher")

    @rule(by=PEOPLE, step=st.sampled_from([facts.verify, facts.revoke]))
    def second_fact(self, by, step):
        reason = ["作废"] if step is facts.revoke else []
        with suppress(NotAllowed):
            step(self.room.session, 2, self.room.people[by], self.room.now, *reason)
        self.room.now += timedelta(minutes=1)

    def add(self, by):
        self.step(add_questions, by)
        if self.release.digest != self.text:
            self.text = self.release.digest
            self.wrote.add(by)
            self.agreed.clear()

    def submit(self, by):
        self.step(workflow.submit, by)

    def send_back(self, by, last):
        # Rejected is the end of every further step: let it be rare.
        step = workflow.reject if last == 9 else workflow.request_changes
        with suppress(NotAllowed):
            step(self.room.session, self.release.id, self.room.people[by], self.room.now, "不行")
            self.agreed.clear()

    def publish(self, by):
        was = self.release.published
        if not self.step(workflow.publish, by):
            assert self.release.published == was
            return
        assert was is None
        event("published")
        assert by in {"publisher", "everything"}
        others = self.agreed - self.wrote
        assert len(others) >= (2 if self.policy == FULL else 1)
        if self.policy == FULL:
            assert others & {"lead", "both", "everything"}
            assert others & {"lawyer", "both", "everything"}
            assert "owner" in self.agreed
        used = facts.usable(self.room.session, self.room.topic.id, self.room.now)
        bound = {one for line in self.release.content["lead"] for one in line["facts"]}
        assert bound <= {fact.id for fact in used}

    @invariant()
    def the_hash_is_of_the_text(self):
        release = self.release
        assert release.digest == digest(
            release.number, release.version, release.headline, release.content
        )
        assert (release.published is None) == (release.state != ReleaseState.PUBLISHED)

    def teardown(self):
        if hasattr(self, "room"):
            assert verify_chain(self.room.session) == []
            self.room.session.close()


@pytest.mark.parametrize("policy", [FULL, ONE_OTHER])
def test_no_order_of_steps_goes_past_the_policy(furnishing, policy, sqlite_database):
    given = {"furnish": staticmethod(furnishing), "policy": policy, "database": sqlite_database}
    machine = type("Steps", (Steps,), given)
    run_state_machine_as_test(
        machine, settings=settings(max_examples=12, stateful_step_count=15, deadline=None)
    )
