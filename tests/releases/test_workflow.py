from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from releases import facts, workflow
from releases.audit import steps_of, verify_chain
from releases.refusal import NotAllowed
from releases.standing import may_sign, missing, standing
from releases.terms import ONE_OTHER, Terms
from storage.release import Approval, ReleaseState, by_number, published


def test_from_draft_to_the_public(asked):
    release = asked.submit(asked.draft())
    assert release.state == ReleaseState.IN_REVIEW
    asked.do(workflow.approve, release, "lead")
    assert missing(asked.session, release, asked.terms) == ["legal", "fact:1"]
    asked.do(workflow.approve, release, "lawyer")
    asked.do(workflow.approve, release, "owner")
    assert release.state == ReleaseState.APPROVED
    assert by_number(asked.session, release.number) is None
    asked.now += timedelta(minutes=3)
    asked.do(workflow.publish, release, "publisher")
    assert published(asked.session) == [by_number(asked.session, release.number)] == [release]
    assert release.published == asked.now
    steps = [step.action for step in steps_of(asked.session, "release", release.id)]
    assert steps == ["draft", "submit", "approve", "approve", "approve", "publish"]
    assert verify_chain(asked.session) == []


def test_a_second_click_publishes_nothing_twice(asked):
    release = asked.submit(asked.draft())
    asked.do(workflow.publish, asked.agree(release), "publisher")
    first = release.published
    asked.now += timedelta(seconds=1)
    with pytest.raises(NotAllowed, match="已经发布过"):
        asked.do(workflow.publish, release, "publisher")
    assert release.published == first


@pytest.mark.parametrize("step", [workflow.edit, workflow.submit, workflow.approve])
def test_what_is_published_stays_as_it_is(asked, step):
    release = asked.submit(asked.draft())
    asked.do(workflow.publish, asked.agree(release), "publisher")
    more = {"changes": {"headline": "别的标题"}} if step is workflow.edit else {}
    with pytest.raises(NotAllowed, match="已发布"):
        asked.do(step, release, "everything", **more)


@pytest.mark.parametrize("by", ["author", "lead", "lawyer", "watcher", "owner"])
def test_only_a_publisher_publishes(asked, by):
    release = asked.agree(asked.submit(asked.draft()))
    with pytest.raises(NotAllowed, match="需要发布人"):
        asked.do(workflow.publish, release, by)


def test_nobody_approves_what_they_wrote(asked):
    release = asked.draft("lead")
    asked.do(workflow.submit, release, "lead")
    with pytest.raises(NotAllowed, match="不能批准自己写的内容"):
        asked.do(workflow.approve, release, "lead")
    with pytest.raises(NotAllowed):
        asked.do(workflow.approve, release, "lead", capacity="pr_lead")


def test_one_account_with_both_roles_fills_one_of_them(asked):
    release = asked.submit(asked.draft())
    asked.do(workflow.approve, release, "both")
    for capacity in (None, "pr_lead"):
        with pytest.raises(NotAllowed, match="没有需要both签署的内容"):
            asked.do(workflow.approve, release, "both", capacity=capacity)
    asked.do(workflow.approve, release, "both", capacity="legal")
    assert missing(asked.session, release, asked.terms) == ["pr_lead", "fact:1"]
    asked.do(workflow.approve, release, "lead")
    assert missing(asked.session, release, asked.terms) == ["fact:1"]


def test_what_each_person_may_sign(asked):
    release = asked.submit(asked.draft())
    offered = {
        name: may_sign(asked.session, release, person, asked.terms)
        for name, person in asked.people.items()
    }
    assert offered == {
        "author": [],
        "lead": ["pr_lead"],
        "lawyer": ["legal"],
        "both": ["pr_lead"],
        "publisher": [],
        "owner": ["fact:1"],
        "watcher": [],
        "everything": ["pr_lead"],
    }


def test_in_a_small_team_one_other_person_is_enough(asked):
    asked.terms = Terms(asked.terms.company, ONE_OTHER)
    release = asked.submit(asked.draft())
    with pytest.raises(NotAllowed):
        asked.do(workflow.approve, release, "author")
    with pytest.raises(NotAllowed):
        asked.do(workflow.approve, release, "watcher")
    asked.do(workflow.approve, release, "publisher")
    assert asked.do(workflow.publish, release, "publisher").state == ReleaseState.PUBLISHED


def test_who_lost_the_role_or_left_has_not_agreed(asked):
    release = asked.agree(asked.submit(asked.draft()))
    asked.people["lawyer"].roles = ["watcher"]
    asked.people["owner"].active = False
    with pytest.raises(NotAllowed, match="还缺批准：法务、事实 F1 的负责人"):
        asked.do(workflow.publish, release, "publisher")


def test_a_fact_revoked_after_approval_stops_publication(asked):
    release = asked.agree(asked.submit(asked.draft()))
    facts.revoke(asked.session, 1, asked.people["lead"], asked.now, "报告作废")
    with pytest.raises(NotAllowed) as refused:
        asked.do(workflow.publish, release, "publisher")
    assert refused.value.findings[0].key == "releases.rule_r2_revoked"
    assert release.published is None


def test_a_fact_that_expires_before_publication_stops_it(asked):
    fact = asked.fact("涂层检测合格。", "涂层", valid_until=asked.now + timedelta(hours=1))
    release = asked.submit(asked.draft())
    asked.agree(release)
    asked.now += timedelta(hours=1)
    with pytest.raises(NotAllowed) as refused:
        asked.do(workflow.publish, release, "publisher")
    assert {one.values["fact"] for one in refused.value.findings} == {fact.id}


def test_a_promised_time_that_passed_stops_publication(asked):
    release = asked.agree(asked.submit(asked.draft(until=timedelta(hours=1))))
    asked.now += timedelta(hours=1)
    with pytest.raises(NotAllowed, match="R7"):
        asked.do(workflow.publish, release, "publisher")


@pytest.mark.parametrize("also_the_hash", [False, True])
def test_a_text_changed_behind_the_workflow_is_not_published(asked, also_the_hash):
    release = asked.agree(asked.submit(asked.draft()))
    release.content = {**release.content, "closing": "特此声明！"}
    if also_the_hash:
        release.digest = "0" * 64
    with pytest.raises(NotAllowed, match="文字与批准时不一致"):
        asked.do(workflow.publish, release, "publisher")


def test_a_question_that_came_up_after_review_does_not_stop_publication(asked):
    release = asked.agree(asked.submit(asked.draft()))
    asked.concern("能不能退货？", 500, ("退货",))
    assert asked.do(workflow.publish, release, "publisher").published


def test_sent_back_with_a_comment_everything_agreed_is_void(asked):
    release = asked.agree(asked.submit(asked.draft()))
    person, now = asked.people["lawyer"], asked.now
    with pytest.raises(NotAllowed, match="请写明理由"):
        workflow.request_changes(asked.session, release.id, person, now, " ")
    workflow.request_changes(asked.session, release.id, person, now, "第二句太满")
    assert release.state == ReleaseState.CHANGES_REQUESTED
    asked.submit(release)
    assert missing(asked.session, release, asked.terms) == ["pr_lead", "legal", "fact:1"]
    words = asked.session.scalars(select(Approval).order_by(Approval.id)).all()
    assert words[-1].comment == "第二句太满"
    assert all(word.voided for word in words)


def test_rejected_is_final(asked):
    release = asked.submit(asked.draft())
    lawyer = asked.people["lawyer"]
    workflow.reject(asked.session, release.id, lawyer, asked.now, "不合适")
    for step in (workflow.submit, workflow.approve, workflow.publish):
        with pytest.raises(NotAllowed, match="已否决"):
            asked.do(step, release, "everything")


def test_a_rule_is_put_aside_with_a_reason_that_stays(asked):
    release = asked.draft()
    lead = "感谢大家的监督，我们的客服在18时前接听电话。"
    asked.do(workflow.edit, release, "author", changes={"lead": lead})
    with pytest.raises(NotAllowed) as refused:
        asked.submit(release)
    (found,) = refused.value.findings
    with pytest.raises(NotAllowed):
        asked.do(workflow.submit, release, "author", waivers={found.id: " "})
    asked.do(workflow.submit, release, "author", waivers={found.id: "客服时间是公开信息"})
    stand = standing(asked.session, release, asked.now, asked.terms)
    assert stand.waived[found.id]["reason"] == "客服时间是公开信息"
    assert stand.standing_in_the_way == []
    step = steps_of(asked.session, "release", release.id)[-1]
    assert step.data["waivers"] == {found.id: "客服时间是公开信息"}
    asked.do(workflow.publish, asked.agree(release), "publisher")


def test_some_rules_no_reason_puts_aside(asked):
    release = asked.draft()
    asked.do(workflow.edit, release, "author", changes={"lead": "联系人XX。"})
    with pytest.raises(NotAllowed) as refused:
        asked.submit(release)
    waivers = {found.id: "急" for found in refused.value.findings}
    with pytest.raises(NotAllowed, match="R27"):
        asked.do(workflow.submit, release, "author", waivers=waivers)
    assert release.waivers == {}


def test_there_is_no_such_release(asked):
    with pytest.raises(NotAllowed, match="没有编号为 99 的稿件"):
        workflow.publish(asked.session, 99, asked.people["publisher"], asked.now, asked.terms)


def test_who_left_can_do_nothing(asked):
    release = asked.submit(asked.draft())
    asked.people["lead"].active = False
    with pytest.raises(NotAllowed):
        asked.do(workflow.approve, release, "lead")
