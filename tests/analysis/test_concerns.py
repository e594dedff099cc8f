"""What people ask: clusters with a question of their own words and keys that last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from analysis.concerns import ConcernItem, cluster
from analysis.sentences import asks, own_words, sentences

START = datetime(2026, 1, 5, tzinfo=UTC)
ASKED = {
    "refund": "退款什么时候到账？ 退款到账要几天 我的退款怎么还没到账 退款申请了，到账没有？",
    "batch": "哪个批次的奶粉有问题？ 奶粉批次能不能公布 问题奶粉是哪个批次啊 奶粉批次号在哪里看",
    "child": "孩子喝了会不会过敏？ 孩子喝完过敏了怎么办 孩子过敏谁负责 喝了这个孩子过敏进医院",
}


def items(times: int = 3) -> list[ConcernItem]:
    found = []
    for turn in range(times):
        for name, texts in ASKED.items():
            for number, text in enumerate(texts.split()):
                at = START + timedelta(minutes=10 * turn + number)
                words = f"{text} @某人 http://t.example/x" if turn else text
                found.append(ConcernItem(f"{name}-{turn}-{number}", words, at, doubt=0.8))
    return found


def test_each_concern_is_found_with_a_question_people_asked():
    found = cluster(items(), k_max=3)
    assert len(found) == 3
    said = {text for texts in ASKED.values() for text in texts.split()}
    for concern in found:
        assert concern.question in said
        kinds = {member.split("-")[0] for member in concern.members}
        assert len(kinds) == 1
        assert concern.size == 12
        assert concern.moods["doubt"] == 0.8
        assert set(concern.examples) <= set(concern.members)


def test_keys_survive_new_posts():
    before = cluster(items(2), k_max=3)
    after = cluster(items(4), k_max=3, previous=before)
    kind = {concern.key: concern.members[0].split("-")[0] for concern in before}
    assert {concern.key: concern.members[0].split("-")[0] for concern in after} == kind


def test_growth_is_more_now_than_before():
    late = [ConcernItem(f"l{n}", "退款到账了吗", START + timedelta(hours=9), 1) for n in range(9)]
    early = [ConcernItem(f"e{n}", "奶粉批次是哪个", START, 1) for n in range(9)]
    growth = {concern.question: concern.growth for concern in cluster([*late, *early])}
    assert growth["退款到账了吗"] > 1 > growth["奶粉批次是哪个"]


def test_nothing_and_noise_give_no_concern():
    assert cluster([]) == []
    assert cluster([ConcernItem("1", "转发微博", START), ConcernItem("2", "", START)]) == []


def test_a_mark_that_lost_its_partner_goes():
    assert sentences("【清泉水怎么会有异味？】官方说没事（大家信吗？") == [
        "清泉水怎么会有异味？",
        "官方说没事大家信吗？",
    ]
    assert sentences("官方说“没事”（存疑）大家信吗？") == ["官方说“没事”（存疑）大家信吗？"]


def test_names_links_and_forwarded_text_go():
    text = "回复@张三:这是真的吗[怒]//@李四:转 http://t.example/a"
    assert own_words(text) == "这是真的吗"
    assert sentences("太可怕了！！！到底哪个批次有问题？？？ 求告知") == [
        "太可怕了！", "到底哪个批次有问题？",
    ]  # fmt: skip
    assert asks("到底是哪个批次")
    assert not asks("太可怕了。")
