"""The words behind a mood, and behind a window."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.bags import telling
from analysis.explain import moves
from analysis.mood import Mood
from analysis.moods import MoodModel
from analysis.text import pieces
from analysis.words import LONGEST_WORD, MOST_WORDS, Cutter


@pytest.fixture(scope="module")
def model() -> MoodModel:
    return MoodModel.load()


def test_the_word_that_says_it_comes_first(model: MoodModel) -> None:
    moved = moves(model, "这家公司太可怕了")[Mood.ANXIETY]
    assert moved[0][0] == "可怕"
    assert moved[0][1] > 0


def test_own_words_stay_whole(model: MoodModel) -> None:
    cutter = Cutter(["澄清牌牛奶"])
    assert "澄清牌牛奶" in cutter.words("我买了澄清牌牛奶喝")
    assert "澄清牌牛奶" in dict(moves(model, "澄清牌牛奶去死", cutter)[Mood.HOSTILITY])


def test_what_the_model_reads_as_one_piece_is_explained_as_one(model: MoodModel) -> None:
    link, name = "https://m.weibo.cn/status/5001?a=1", "@清泉官方微博"
    text = f"{name} 说没事，我不信<br/> {link} 大家看"
    words = {word for moved in moves(model, text, most=99).values() for word, _ in moved}
    assert {link, name, "<br/>"} <= words
    assert "https" not in words


@given(st.lists(st.sampled_from(["@a", "https://b/", "<i", ">", "说", "\ue001", "\ue000", " "])))
def test_pieces_are_cut_and_lose_nothing(parts: list[str]) -> None:
    text = "".join(parts)
    assert "".join(part for part, _ in pieces(text)) == text


def test_pieces_join_to_the_text() -> None:
    text = "今天 iPhone15 涨价了？！😀\n真的"
    assert "".join(Cutter().cut(text)) == text


@pytest.mark.parametrize("text", ["", "\0", "\ud800怕", "😀😀", "<b>", "怕" * 5000])
def test_any_text_is_explained(model: MoodModel, text: str) -> None:
    assert all(isinstance(weight, float) for _, weight in moves(model, text)[Mood.DOUBT])


def test_a_huge_word_list_is_bounded() -> None:
    cutter = Cutter(f"词{number}" for number in range(1_000_000))
    assert len(cutter.own) == MOST_WORDS


def test_unusable_own_words_are_left_out() -> None:
    assert Cutter(["", " ", "a", "长" * (LONGEST_WORD + 1), "坏\0词", "好词", "好词"]).own == (
        "好词",
    )


def test_a_window_is_set_apart_by_its_own_words() -> None:
    calm = ["今天买了牛奶", "牛奶好喝", "超市牛奶打折", "天气不错"] * 5
    window = ["牛奶检出黄曲霉毒素", "黄曲霉毒素是什么", "牛奶还能喝吗", "毒素超标"] * 5
    words = telling(window, calm, 5)
    assert "毒素" in words or "黄曲霉毒素" in words
    assert "牛奶" not in words[:2]


def test_nothing_is_set_apart_from_nothing() -> None:
    assert telling([], [], 5) == []
