from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releases.match import Asked, fitting, score
from storage.release import Fact

NAMES = ["云朵獾", "智温杯"]


def fact(number, statement, *words):
    return Fact(id=number, statement=statement, words=list(words))


COATING = fact(1, "内胆涂层为食品接触用涂层，检测未检出有害物质迁移。", "涂层")
BATCH = fact(2, "受影响批次的批号为S2-0712至S2-0748。", "批号", "批次")
REFUND = fact(3, "可在官方店铺申请退货退款。", "退货", "退款")
PRIZE = fact(4, "公司获得年度设计奖。", "设计奖")
ALL = [REFUND, BATCH, PRIZE, COATING]


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("这个涂层有没有毒？", [1]),
        ("批号在哪看？", [2]),
        ("能不能退货？", [3]),
        ("你们到底什么时候回应消费者的问题？", []),
        ("云朵獾智温杯怎么样？", []),
        ("哪家医院收治的？", []),
    ],
)
def test_a_question_finds_its_facts_and_no_other(question, answers):
    assert [one.id for one in fitting(Asked(question), ALL, NAMES)] == answers


def test_one_common_word_is_not_enough_two_are():
    report = fact(9, "检测报告由第三方机构出具。")
    assert not fitting(Asked("为什么不做检测？"), [report])
    assert fitting(Asked("检测报告是真的吗？"), [report])


def test_the_name_of_the_company_binds_nothing():
    named = fact(9, "云朵獾成立于澜汀。", "云朵獾", "智温杯")
    assert score(Asked("云朵獾的智温杯安全吗？", ("云朵獾",)), named, NAMES) == 0


def test_best_first_and_the_older_among_equals():
    twice = fact(5, "涂层的批号印在杯底。", "涂层", "批号")
    same = fact(6, BATCH.statement, "批号", "批次")
    found = fitting(Asked("涂层和批号是怎么回事？"), [same, BATCH, twice], NAMES)
    assert [one.id for one in found] == [5, 2, 6]


@given(st.text(max_size=60), st.permutations(ALL))
def test_order_of_facts_never_matters(question, facts):
    asked = Asked(question + "涂层批号")
    assert [one.id for one in fitting(asked, facts, NAMES)] == [
        one.id for one in fitting(asked, ALL, NAMES)
    ]
