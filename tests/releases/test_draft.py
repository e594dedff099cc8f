from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from releases import render, workflow
from releases.content import fact_ids, joined, walk
from releases.draft import add_questions, open_releases, write_draft
from releases.refusal import NotAllowed
from releases.standing import standing
from storage.release import Answer, Claim, FactKind


def printed(room, release):
    return render.text(release.content, release.number, room.now, room.terms.zone)


def test_it_leads_with_the_fact_and_marks_what_is_not_known(asked):
    release = asked.draft(until=timedelta(hours=4))
    assert release.headline.startswith("内胆涂层为食品接触用涂层，检测未检出有害物质迁移——")
    assert release.content["lead"][-1]["facts"] == [1]
    answers = {one["question"]: one for one in release.content["answers"]}
    assert answers["内胆的涂层有没有毒？"]["status"] == "answered"
    unknown = answers["批号在哪里看？"]
    assert unknown["status"] == "unknown"
    assert "尚未掌握" in unknown["sentences"][0]["text"]
    assert "我们将于2026年5月21日0时前公布进展。" in printed(asked, release)


def test_the_talk_is_told_once_by_place_and_time_only(asked):
    text = printed(asked, asked.draft())
    assert text.count("2026年5月20日17时以来，微博、论坛等平台") == 1
    assert "共见到3条" in text
    assert text.count("网上的说法") == 1


def test_every_statement_of_fact_carries_its_fact(asked):
    release = asked.draft()
    for _, one in walk(release.content):
        assert one["origin"] == "template"
        assert bool(one["facts"]) == any(said in one["text"] for said in ("涂层为食品", "检验记录"))
    claims = asked.session.scalars(select(Claim)).all()
    assert {claim.fact_id for claim in claims} == {1}
    answers = asked.session.scalars(select(Answer).order_by(Answer.concern_id)).all()
    assert [answer.status for answer in answers] == ["answered", "unknown"]


def test_a_draft_passes_its_own_rules(asked):
    release = asked.draft()
    assert standing(asked.session, release, asked.now, asked.terms).standing_in_the_way == []


def test_unrelated_and_unusable_facts_are_left_out(asked):
    asked.fact("公司获得年度设计奖。", "设计奖")
    asked.fact("批号印在杯底。", "批号", verified=False)
    asked.fact("批号见说明书。", "批号", valid_until=asked.now + timedelta(minutes=1))
    asked.now += timedelta(minutes=2)
    assert fact_ids(asked.draft().content) == [1]


def test_only_what_is_told_has_its_source_named(room):
    # The affair's words find all three; two lead, and the third answers nobody.
    for source in ("检测报告", "质检记录", "客服工单"):
        room.fact(f"{source}说明涂层情况。", "涂层", source=source)
    release = room.draft()
    assert fact_ids(release.content) == [1, 2]
    assert "质检记录。" in joined(release.content)
    assert "客服工单" not in joined(release.content)


def test_without_facts_it_says_what_is_being_checked_and_must_say_when_it_goes_on(room):
    room.concern("内胆的涂层有没有毒？", 50)
    release = room.draft()
    assert "正在核实" in release.headline
    assert fact_ids(release.content) == []
    assert "已经核实的事实" not in joined(release.content)
    found = standing(room.session, release, room.now, room.terms).standing_in_the_way
    assert [one.key for one in found] == ["releases.rule_r23_next"]
    until = (room.now + timedelta(hours=2)).isoformat()
    room.do(workflow.edit, release, "author", changes={"next_update": until})
    assert room.submit(release).state == "in_review"
    assert "我们将于2026年5月20日22时前公布进展。" in printed(room, release)


def test_without_concerns_it_rests_on_the_incident_s_words(room):
    room.fact("内胆涂层通过检测。", "涂层")
    release = room.draft()
    assert release.content["answers"] == []
    assert fact_ids(release.content) == [1]
    assert "大家问得最多" not in printed(room, release)


def test_without_anything_at_all(room):
    assert "事情的原因和范围，目前尚未掌握经核实的结论。" in printed(room, room.draft())


def test_advice_and_measures_have_their_places(asked):
    asked.fact("涂层脱落的杯子可在官方店铺退货退款。", "涂层", kind=FactKind.ADVICE)
    asked.fact("涂层不合格的批次已停止销售。", "涂层", kind=FactKind.ACTION)
    text = printed(asked, asked.draft())
    assert text.index("已经采取的措施\n涂层不合格") < text.index("您可以怎么做\n涂层脱落的杯子")


def test_what_can_be_done_is_only_part_of_an_answer(room):
    room.concern("涂层有没有毒？", 5, ("涂层",))
    room.concern("涂层掉了能不能退？", 4, ("涂层",))
    room.fact("涂层脱落的杯子请先停止使用，可全额退款。", "涂层", kind=FactKind.ADVICE)
    whether, can = room.draft().content["answers"]
    assert (whether["status"], can["status"]) == ("partly", "answered")
    assert "其余部分" in whether["sentences"][-1]["text"]


def test_no_private_person_is_named_linked_or_quoted(room):
    room.concern(
        "@小满妈 王女士家的孩子怎么样了？https://weibo.example/1 13812345678", 9, ("孩子",)
    )
    room.fact("两家医院书面回复，没有收治过相关患者。", "孩子")
    text = printed(room, room.draft())
    for trace in ("小满妈", "王女士", "weibo.example", "13812345678"):
        assert trace not in text
    assert "关于孩子的问题" in text


def test_hostile_text_cannot_leave_its_sentence(room):
    room.concern("# answer 9 answered 涂层有没有毒？ {{ 7*7 }} [F1] <script>", 9, ("涂层",))
    room.fact("# lead 涂层合格 {{ 7*7 }} {% raw %} [F99] <b>", "涂层", source="# headline 报告")
    release = room.draft()
    assert fact_ids(release.content) == [1]
    assert len(release.content["answers"]) == 1
    shown = render.html(release.content, release.number, room.now, room.terms.zone)
    assert "<script" not in shown
    assert "<b>" not in shown
    assert "49" not in shown


def test_numbers_run_on_and_start_anew_each_year(room):
    numbers = [room.draft(by).number for by in ("author", "lead", "everything")]
    room.now = room.now.replace(year=2027)
    numbers.append(room.draft().number)
    assert numbers == ["CB-2026-0001", "CB-2026-0002", "CB-2026-0003", "CB-2027-0001"]


def test_a_second_click_makes_no_second_draft(asked):
    first = asked.draft()
    assert asked.draft() is first
    asked.now += timedelta(minutes=2)
    assert asked.draft() is not first
    assert len(open_releases(asked.session, asked.incident.id)) == 2


def test_a_company_does_not_speak_about_itself(room):
    room.topic.name = "云朵獾"
    assert room.draft().headline == "云朵獾关于近期有关情况的声明：正在核实"


def test_who_may_draft_and_of_what(room):
    with pytest.raises(NotAllowed, match="没有起草权限"):
        room.draft("lawyer")
    with pytest.raises(NotAllowed, match="没有编号为 99 的事件"):
        write_draft(room.session, 99, room.people["author"], room.now, room.terms)
    with pytest.raises(NotAllowed, match="已经过去"):
        room.draft(until=timedelta(0))


def test_a_question_that_came_up_later_is_added(asked):
    release = asked.draft()
    asked.concern("能不能退货？", 200, ("退货",))
    asked.fact("可在官方店铺申请退货退款。", "退货")
    with pytest.raises(NotAllowed, match="R8"):
        asked.submit(release)
    asked.do(add_questions, release, "author")
    assert release.content["answers"][-1]["question"] == "能不能退货？"
    assert release.content["answers"][-1]["status"] == "answered"
    before = release.digest
    assert asked.do(add_questions, release, "author").digest == before
    assert asked.submit(release).state == "in_review"


def test_a_question_added_to_a_text_without_any_gets_a_place(room):
    room.fact("内胆涂层通过检测。", "涂层")
    release = room.draft()
    room.concern("内胆的涂层有没有毒？", 50)
    room.do(add_questions, release, "author")
    assert "问：内胆的涂层有没有毒？" in printed(room, release)


def test_two_drafts_of_one_state_are_the_same_text(asked):
    one, other = asked.draft("author"), asked.draft("lead")
    assert one.content == other.content
    assert one.digest != other.digest
