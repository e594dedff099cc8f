from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releases.personal import names, traces
from releases.question import public_question, public_words

WORDS = ["内胆", "涂层"]
OWN = ["云朵獾", "智温杯"]
BY_WORDS = "关于内胆、涂层的问题"


@pytest.mark.parametrize(
    ("asked", "published"),
    [
        ("@云朵獾官方 内胆掉皮，这个有没有毒？", "内胆掉皮，这个有没有毒？"),
        ("内胆掉皮有没有毒？详见 https://weibo.example/u/123", "内胆掉皮有没有毒？"),
        ("#云朵獾# 掉的到底是陶瓷还是油漆？[怒][怒]", "掉的到底是陶瓷还是油漆？"),
        ("哪些批次？什么成分？能不能退", "哪些批次？什么成分？能不能退？"),
        ("报告编号查不到是为什么？你们良心呢？", "报告编号查不到是为什么？"),
        ("请问批号在哪里看?", "批号在哪里看？"),
        ("今天倒水漂白片。是不是涂层脱落", "是不是涂层脱落？"),
        ("转发微博：能不能退货？//@张三:不退", "能不能退货？"),
        ("【追问：检测报告为何查不到？】编号少一位", "追问：检测报告为何查不到？"),
        ("【《检测报告》为何查不到？】", "《检测报告》为何查不到？"),
        ("商品页说“食品级。为什么不召回”？", "为什么不召回？"),
        ("内胆是不是有毒 小满妈在路上的微博视频", "内胆是不是有毒？"),
        ("哪些批次要召回[怒] ？ 网页链接", "哪些批次要召回？"),
    ],
)
def test_a_question_is_cleaned(asked, published):
    assert public_question(asked, WORDS, OWN) == published


@pytest.mark.parametrize(
    "asked",
    [
        "王小明的孩子喝了以后怎么样了，有没有事？",
        "张医生说有毒是不是真的？",
        "我家孩子发烧了是不是喝这个喝的？",
        "骗子公司什么时候倒闭？",
        "没错，去年的报告管今年的货，糊弄鬼呢",
        "你们公关眼瞎吗？",
        "公司在和我们玩找你妹的游戏吗？",
        "高管周明宇被抓了是不是真的？",
        "花钱买的报告吧，你们真信这个？",
        "内胆掉皮了",
        "这涂层，" * 20 + "有没有毒？",
        "吗？",
        "",
        "身份证110101199003071234能不能查？",
        "电话13812345678的人是不是客服？王女士接的吗？",
    ],
)
def test_what_may_name_abuse_or_assert_is_named_by_words(asked):
    assert public_question(asked, WORDS, OWN) == BY_WORDS


def test_without_words_there_is_still_something_to_say():
    assert public_question("骗子！", [], OWN) == "与此事有关的其他问题"
    assert public_words(["内胆", "13812345678", "垃圾", "王先生"], OWN) == ["内胆"]


def test_words_that_stand_alone_in_a_statement_say_something():
    talked = ["赶紧", "那层", "我家", "怎么办", "里面", "批次", "内胆", "掉皮"]
    assert public_words(talked, OWN) == ["批次", "内胆", "掉皮"]


@given(
    st.text(max_size=30),
    st.sampled_from(
        ["@某用户name", "13912345678", "https://t.cn/abc", "110101199003071234", "a.b@mail.example"]
    ),
    st.text(max_size=30),
)
def test_no_trace_of_a_person_survives(before, trace, after):
    published = public_question(f"{before} {trace} {after}有没有毒？", WORDS, OWN)
    assert not traces(published)
    assert trace not in published


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("身份证号110101199003071234。", "id_number"),
        ("身份证号11010119900307123X。", "id_number"),
        ("卡号6222 0212 3456 7890 123", "bank_card"),
        ("手机13812345678", "phone"),
        ("手机138-1234-5678", "phone"),
        ("座机0571-87654321", "phone"),
        ("邮箱 a.b@mail.example", "email"),
        ("微信号：abc_12345", "account"),
        ("见 https://weibo.example/1", "link"),
        ("见weibo.com/u/12345", "profile"),
        ("见 https://m.weibo.cn/detail/1", "profile"),
        ("感谢@小满妈在路上", "mention"),
    ],
)
def test_traces_are_told_apart(text, kind):
    assert [trace.kind for trace in traces(text)] == [kind]


@pytest.mark.parametrize(
    "text", ["2026年3月1日14时", "共1234567件", "批号S2-0712至S2-0748", "GB 4806.7-2023"]
)
def test_dates_counts_and_standards_are_no_traces(text):
    assert traces(text) == []


def test_the_company_s_own_contact_may_stand():
    assert traces("请拨打400-888-6666", ["400-888-6666"]) == []
    assert traces("请拨打4008886666", ["400-888-6666"]) == []
    assert [trace.kind for trace in traces("请拨打400-888-6667", ["400-888-6666"])] == ["phone"]


def test_names():
    assert names("据王女士和孟医生说") == ["王女士", "孟医生"]
    assert names("我们严格检查，方便大家，马上公布") == []
    # In no dictionary, as most people are.
    assert names("高管周明宇被抓了吗，官方调查姜闻雨没有") == ["周明宇", "姜闻雨"]
    assert public_words(["内胆", "周明宇"]) == ["内胆"]
