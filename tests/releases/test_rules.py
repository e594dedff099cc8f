"""One sentence after another held against the rejection list."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releases.company import Company
from releases.content import ON_PUBLICATION
from releases.findings import Context, FactView
from releases.line import sentence
from releases.rules import check
from releases.terms import Terms

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
COMPANY = Company(name="澜汀云朵獾公司", short="云朵獾", contact_phone="010-88886666")
FACT = FactView(
    1, "5月18日送检的12批次涂层全部合格，合格率为100%。", "检验院2026年报告", evidence=1
)


def content(*lines, headline="云朵獾关于智温杯的澄清声明", answers=(), **more):
    return {
        "template": {"id": "clarification/statement", "version": 1},
        "concerns": [],
        "headline": sentence(headline),
        "lead": [sentence("我们知道大家关心这件事。"), *lines],
        "sections": [],
        "answers": list(answers),
        "unknowns": [],
        "next_update": None,
        "issuer": COMPANY.name,
        "short": COMPANY.short,
        "city": "",
        "contact": {"phone": COMPANY.contact_phone},
        "boilerplate": "",
        "closing": "特此声明。",
        "date": ON_PUBLICATION,
        **more,
    }


def context(**more):
    given = {"facts": {1: FACT}, "number": "CQ-2026-0001", "names": ["云朵獾"], **more}
    return Context(NOW, Terms(COMPANY), **given)


def rules(text, level="must", **more):
    return {one.rule for one in check(text, context(**more)) if one.level == level}


def human(text, *facts):
    return content(sentence(text, facts, "human"))


def test_a_plain_text_is_clean():
    assert check(content(), context()) == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("经核实，涂层不存在问题。", "R1"),
        ("已有3人就医。", "R1"),
        ("涂层符合国家标准。", "R1"),
        ("已全面排查并下架相关批次。", "R1"),
        ("产品全部安全。", "R4"),
        ("我们从未使用回收料。", "R4"),
        ("公司经营一切正常。", "R4"),
        ("所有产品均为合格品。", "R4"),
        ("我们将全力配合调查。", "R7"),
        ("我们承诺尽快给大家一个交代。", "R7"),
        ("我们将于5月22日18时前公布结果。", "R7"),
        ("如果给您造成不便，我们深表歉意。", "R10"),
        ("若有困扰，敬请谅解。", "R10"),
        ("这是个别员工的行为。", "R11"),
        ("系用户操作不当所致。", "R11"),
        ("我们生产最安全的水杯。", "R14"),
        ("云朵獾是行业第一。", "R14"),
        ("感谢@小满妈 的监督。", "R15"),
        ("请联系微信号：kefu_12345。", "R15"),
        ("请拨打13812345678。", "R16"),
        ("身份证110101199003071234。", "R16"),
        ("退款卡号6222021234567890123。", "R16"),
        ("造谣者已构成犯罪。", "R17"),
        ("5月20日（星期一）公布。", "R24"),
        ("2026年2月30日公布。", "R24"),
        ("联系人：XXX。", "R27"),
        ("电话待补充。", "R27"),
        ("{{ fact }}", "R27"),
        ("【此处填写批号】", "R27"),
    ],
)
def test_what_must_not_be_said(text, rule):
    assert rule in rules(human(text))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("感谢大家的监督。", "R1"),
        ("我们高度重视。", "R12"),
        ("我们一直以来重视质量。", "R9"),
        ("对此我司承担全部责任。", "R17"),
        ("王先生已经联系我们。", "R15"),
    ],
)
def test_what_should_be_looked_at(text, rule):
    assert rule in rules(human(text), "should")


@pytest.mark.parametrize(
    "text",
    [
        "5月18日送检的12批次涂层全部合格。",
        "涂层合格率为100％。",
        "送检的批次共12个。",
        "报告出具于2026年。",
    ],
)
def test_what_its_fact_holds_may_be_said(text):
    assert rules(human(text, 1)) == set()


@pytest.mark.parametrize(
    "text", ["5月19日送检的涂层合格。", "送检的13批次合格。", "合格率为99.9%。", "5月8日送检。"]
)
def test_another_number_or_date_than_the_fact_s(text):
    assert rules(human(text, 1)) == {"R3"}


def test_our_own_counts_need_no_fact_but_must_be_the_counted_ones():
    counted = sentence("共见到312条。", seen=["312"])
    assert rules(content(counted)) == set()
    assert rules(content({**counted, "text": "共见到313条。"})) == {"R3"}


@pytest.mark.parametrize("flaw", ["unverified", "own", "expired", "revoked"])
def test_facts_that_cannot_be_used(flaw):
    facts = {1: FactView(1, FACT.statement, FACT.source, flaw=flaw)}
    (found,) = [one for one in check(human("涂层合格。", 1), context(facts=facts)) if one.blocks]
    assert (found.rule, found.key, found.waivable) == ("R2", f"releases.rule_r2_{flaw}", False)


def test_a_fact_that_is_not_there():
    assert rules(human("涂层合格。", 7)) == {"R2"}


def test_an_absolute_whose_fact_has_no_evidence_is_pointed_out():
    facts = {1: FactView(1, FACT.statement, FACT.source)}
    assert rules(human("涂层全部合格。", 1), "should", facts=facts) == {"R4"}


def test_a_promise_with_date_and_owner():
    assert rules(human("我们将于5月18日前由质量部负责公布12批次结果。", 1)) == set()
    assert "R7" not in rules(human("请将杯子寄回。"))


def test_a_promise_whose_time_has_come():
    past = content(next_update="2026-05-20T20:00:00+08:00")
    assert rules(past) == {"R7"}
    assert rules(content(next_update="2026-05-20T20:01:00+08:00")) == set()


ANSWER = {"concern_id": 5, "question": "批号在哪里看？", "status": "unknown"}
UNKNOWN = sentence("这一点目前尚未掌握。")


def test_a_leading_question_is_treated_or_stands_in_the_way():
    concerns = [(5, "批号在哪里看？")]
    assert rules(content(), concerns=concerns) == {"R8"}
    treated = content(answers=[{**ANSWER, "sentences": [UNKNOWN]}])
    assert rules(treated, concerns=concerns) == set()


def test_a_question_that_came_up_after_the_draft_does_not_stop_publishing():
    late = context(concerns=[(5, "批号在哪里看？")], publishing=True)
    assert [one.level for one in check(content(), late)] == ["should"]
    dropped = content(concerns=[5])
    assert [one.level for one in check(dropped, late)] == ["must"]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("answered", [UNKNOWN]),
        ("unknown", [sentence("杯底有批号。", [1])]),
        ("unknown", []),
        ("perhaps", [UNKNOWN]),
    ],
)
def test_an_answer_does_what_its_status_says(status, said):
    answer = {**ANSWER, "status": status, "sentences": said}
    assert "R8" in rules(content(answers=[answer]))


def test_self_praise_in_an_apology_stands_in_the_way():
    text = "我们深表歉意，云朵獾始终坚持质量第一。"
    assert "R9" in rules(human(text))


def test_a_headline_does_not_carry_the_rumour():
    concerns = [(5, "云朵獾内胆掉白色的小片片有没有毒？")]
    answer = {**ANSWER, "sentences": [UNKNOWN]}
    said = content(headline="云朵獾内胆掉白色的小片片不属实", answers=[answer])
    assert rules(said, concerns=concerns) == {"R13"}
    assert rules(content(headline="关于网传内容的说明"), "should") == {"R13"}


def test_a_quoted_question_may_hold_a_superlative_but_no_person():
    quoted = {**ANSWER, "question": "这是最好的杯子吗？", "sentences": [UNKNOWN]}
    assert rules(content(answers=[quoted])) == set()
    named = {**ANSWER, "question": "王女士家的孩子好了吗？", "sentences": [UNKNOWN]}
    assert rules(content(answers=[named])) == {"R15"}


@pytest.mark.parametrize(
    ("lacking", "key"),
    [
        ({"issuer": ""}, "issuer"),
        ({"date": ""}, "date"),
        ({"contact": {"name": "新闻部"}}, "contact"),
        ({"lead": []}, "text"),
    ],
)
def test_what_must_not_be_missing(lacking, key):
    found = check(content(**lacking), context())
    assert [one.key for one in found] == [f"releases.rule_r23_{key}"]
    assert rules(content(), number="") == {"R23"}


def test_a_crime_that_a_judgment_has_found():
    judged = FactView(1, "法院判决认定其行为构成犯罪。", "判决书", evidence=1)
    assert rules(human("其行为构成犯罪。", 1), facts={1: judged}) == set()


def test_weekdays_that_are_right():
    assert "R24" not in rules(human("2026年5月20日（星期三）、5月24日 周日、5月24日星期天。"))


def test_an_approval_of_another_text():
    old = frozenset({"a" * 64})
    assert rules(content(), signed=old, digest="b" * 64) == {"R28"}
    assert rules(content(), signed=old, digest="a" * 64) == set()


def test_a_waiver_holds_for_one_text_only():
    first, second = (
        next(one for one in check(human(text), context()) if one.rule == "R1")
        for text in ("已有3人就医。", "已有4人就医。")
    )
    assert first.id != second.id


@given(st.text(max_size=120), st.sampled_from(["template", "human"]), st.booleans())
def test_any_text_can_be_checked_and_every_finding_said(text, origin, bound):
    said = content(sentence(text, [1] if bound else [], origin), headline=text or "标题")
    for found in check(said, context(concerns=[(1, text)])):
        assert found.say("zh")
        assert found.say("en")
