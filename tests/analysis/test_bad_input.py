"""Whatever a post holds, everything that reads it has a defined answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.adapt import adapt
from analysis.corpus import LabelledText
from analysis.evaluate import evaluate
from analysis.explain import moves
from analysis.mood import MOODS, Mood
from analysis.moods import MoodModel
from analysis.quantify import estimate
from analysis.text import LONGEST
from analysis.words import Cutter, read_words, use

BAD = {
    "empty": "",
    "one character": "怕",
    "one letter": "a",
    "very long": "怕" * 100_000,
    "very long without a break": "a" * 100_000,
    "only emoji": "😀🤬👨‍👩‍👧" * 20,
    "only a link": "https://t.cn/A6xyz",
    "only names": "@张三 @李四",
    "lone surrogates": "\ud800怕\udfff",
    "NUL": "\0真的\0假的\0",
    "only NUL": "\0",
    "mixed scripts": "混合 ﷽ ɐ العربية кириллица 한국어 ไทย",
    "right to left marks": "\u202e真的假的\u202c\u200f",
    "zero width": "\u200b\u200d\ufeff",
    "markup": "<script>alert(1)</script><b>无良</b>",
    "broken markup": "<" * 1_000 + "&amp;&#x0;",
    "combining marks": "z̷̧̛̪͎" * 200,
    "lines": "\r\n\u2028\t",
}


@pytest.fixture(scope="module")
def model() -> MoodModel:
    return MoodModel.load()


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_every_text_is_scored_read_and_explained(model: MoodModel, text: str) -> None:
    scores = model.score([text])
    assert scores.shape == (1, 4)
    assert np.isfinite(scores).all()
    assert ((scores >= 0) & (scores <= 1)).all()
    (read,) = model.read([text])
    assert set(read.labels) <= set(MOODS)
    moved = moves(model, text)
    assert set(moved) == set(MOODS)
    assert all(np.isfinite(weight) for words in moved.values() for _, weight in words)
    shares = estimate(scores, model)
    assert all(0 <= one.low <= one.share <= one.high <= 1 for one in shares.values())


def test_an_empty_text_has_no_words_to_blame(model: MoodModel) -> None:
    assert moves(model, "") == {mood: [] for mood in MOODS}


def test_what_follows_a_very_long_beginning_does_not_count(model: MoodModel) -> None:
    long = "好" * LONGEST
    assert (model.score([long]) == model.score([long + "去死" * 50_000])).all()


def test_bad_texts_can_be_judged_by_and_taught(model: MoodModel) -> None:
    rows = [LabelledText(text, frozenset([Mood.DOUBT])) for text in BAD.values()]
    assert evaluate(model, rows).posts == len(BAD)
    taught = adapt(model, rows, list(BAD.values()))
    assert np.isfinite(taught.score(list(BAD.values()))).all()
    assert taught.layers.table.dtype == np.int8


def test_nothing_to_judge_by_is_no_crash(model: MoodModel) -> None:
    assert evaluate(model, []).macro == 0


def test_a_lesson_moves_its_text_and_leaves_the_model_as_it_was(model: MoodModel) -> None:
    text, before = "今天又是蚌埠住了的一天", model.layers.table.copy()
    taught = adapt(model, [LabelledText(text, frozenset([Mood.HOSTILITY]))])
    at = MOODS.index(Mood.HOSTILITY)
    assert taught.score([text])[0, at] > model.score([text])[0, at]
    assert (model.layers.table == before).all()
    assert (
        replace(taught, layers=model.layers).score([text]).tolist() == model.score([text]).tolist()
    )
    assert taught.notes["base"] == model.version


def test_a_list_given_to_the_process_holds_for_every_cutter() -> None:
    text = "我买了绯霭牌青稞酥"
    assert "绯霭牌青稞酥" not in Cutter().cut(text)
    use(["绯霭牌青稞酥", "", "\0", "长" * 1_000])
    assert "绯霭牌青稞酥" in Cutter().cut(text)


def test_a_word_list_as_jieba_keeps_it_is_read(tmp_path) -> None:
    path = tmp_path / "own.txt"
    path.write_bytes(
        "\ufeff# 注释\r\n云计算 5\r\n李小福 2 nr\r\n\r\n八一双鹿\r\n云计算\r\n".encode()
    )
    assert read_words(path) == ("云计算", "李小福", "八一双鹿")
    path.write_bytes(b"")
    assert read_words(path) == ()
