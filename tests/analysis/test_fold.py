"""Copies fold, agreement does not."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.copies import is_flood
from analysis.fold import ALIKE, Places, Sketch, follow, sketch

STORY = (
    "记者从市场监管部门获悉，该公司生产的一批次乳制品检出黄曲霉毒素超标，"
    "目前产品已经下架封存，调查仍在进行。"
)


def fold(texts: list[str]) -> Places:
    """Return the stories of posts that come at one moment."""
    return follow(sketch(texts), 0, {}, [0.0] * len(texts), 1.0)


def alike(held: Sketch, *pair: int) -> bool:
    one, other = (set(held.grams[held.starts[at] : held.starts[at + 1]].tolist()) for at in pair)
    return len(one & other) >= ALIKE * len(one | other)


def test_exact_and_near_copies_fold_to_the_first():
    texts = [
        "今天天气很好，适合出去走走看看风景",
        STORY,
        STORY,
        "【转】" + STORY + " http://t.example/abc @某某",
        STORY.replace("目前", "据悉目前").replace("，", ","),
        "公司回应称将全面召回相关批次产品并配合调查",
    ]
    assert fold(texts).tolist() == [0, 1, 1, 1, 1, 5]


def test_width_and_script_do_not_matter():
    assert (
        fold(["蒙牛回應稱產品已經全部下架處理ＡＢＣ", "蒙牛回应称产品已经全部下架处理abc"])[1] == 0
    )


def test_short_posts_do_not_fold_by_accident():
    texts = ["支持！", "支持！", "支持", "转发微博", "转发微博", "太可怕了", "太可怕了", ""]
    assert fold(texts).tolist() == list(range(8))


def test_different_posts_of_one_template_stay_apart():
    texts = ["我觉得这个牌子的牛奶还是可以放心喝的", "我觉得这个牌子的酸奶真的不能再继续买了"]
    assert fold(texts).tolist() == [0, 1]


def test_nothing_folds_to_nothing():
    assert fold([]).tolist() == []


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(alphabet="甲乙丙丁戊己庚辛，。ab1 \x00\ud800", max_size=40), max_size=30))
def test_groups_point_at_their_earliest_post(texts):
    groups = fold(texts)
    assert (groups <= np.arange(len(texts))).all()
    assert (groups[groups] == groups).all()


def test_ten_thousand_copies_are_one_group():
    assert set(fold([STORY] * 10_000).tolist()) == {0}


def test_a_flood_by_few_authors_is_told_from_a_story_that_spreads():
    assert is_flood(10, 3)
    assert not is_flood(9, 1)
    assert not is_flood(12, 12)
    assert not is_flood(0, 0)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.text(alphabet="甲乙丙丁", min_size=8, max_size=24), st.integers(0, 9)),
        max_size=14,
    ),
    st.integers(0, 14),
)
def test_one_after_the_other_gives_the_same_however_it_is_cut(posts, cut):
    texts, moments = [text for text, _ in posts], [moment for _, moment in posts]
    held = sketch(texts)
    whole = follow(held, 0, {}, moments, 5)
    for place, first in enumerate(whole.tolist()):
        assert first <= place
        assert whole[first] == first
        if first != place:
            assert alike(held, first, place)
            assert abs(moments[first] - moments[place]) <= 5
    firsts = [place for place in range(min(cut, len(texts))) if whole[place] == place]
    owners = {}
    for place, first in enumerate(firsts):
        if first in held.long:
            owners |= dict.fromkeys(held.keys(np.array([first]))[0], place)
    order = [*firsts, *range(cut, len(texts))]
    part = sketch([texts[place] for place in order])
    rest = follow(part, len(firsts), owners, [moments[place] for place in order], 5)
    assert [order[group] for group in rest[len(firsts) :]] == whole[cut:].tolist()
