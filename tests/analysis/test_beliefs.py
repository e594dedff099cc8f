"""What a reader believes of posts that nobody labelled: read strictly, learnt from, never alone."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.beliefs import Belief, read_beliefs
from analysis.corpus import CorpusError, LabelledText
from analysis.mood import MOODS, Mood
from analysis.train import Recipe, train, train_from

PLACES = ["北京", "上海", "广州", "成都", "武汉", "西安"]
SMALL = Recipe(bits=12)


def rows() -> list[LabelledText]:
    angry = [LabelledText(f"{p}的骗子去死", frozenset([Mood.HOSTILITY]), p) for p in PLACES]
    plain = [
        LabelledText(f"{p}今天第{n}条新闻", frozenset(), p) for p in PLACES for n in "一二三四"
    ]
    return angry + plain


def beliefs() -> list[Belief]:
    said = [
        Belief(f"{p}这事绝绝子翻车了{n}", (0.01, 0.02, 0.97, 0.01))
        for p in PLACES
        for n in "甲乙丙"
    ]
    return said + [Belief(f"{p}晴转多云{n}", (0.01,) * 4) for p in PLACES for n in "甲乙丙"]


def test_what_only_the_beliefs_know_is_learnt() -> None:
    alone, taught = train(rows(), SMALL), train(rows(), SMALL, beliefs())
    at = MOODS.index(Mood.HOSTILITY)
    slang = ["杭州这事绝绝子翻车了"]
    assert taught.score(slang)[0, at] > alone.score(slang)[0, at] + 0.2
    assert taught.score(["杭州晴转多云"])[0, at] < 0.3


def test_a_file_of_beliefs_teaches_and_is_the_same_each_time(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_text(
        "".join(
            json.dumps({"text": r.text, "moods": list(r.moods), "topic": r.topic}) + "\n"
            for r in rows()
        )
    )
    told = tmp_path / "beliefs.jsonl"
    told.write_text(
        "".join(
            json.dumps({"text": b.text, **dict(zip(MOODS, b.chances, strict=True))}) + "\n"
            for b in beliefs()
        )
    )
    first, second = (
        train_from(tmp_path, tmp_path / name, recipe=SMALL, beliefs=told) for name in ("a", "b")
    )
    assert first.version == second.version
    assert first.figures["posts"] == len(rows())


@pytest.mark.parametrize(
    "line",
    [
        "{",
        '{"text": "a"}',
        '{"text": "a", "anxiety": 2, "doubt": 0, "hostility": 0, "support": 0}',
        '{"text": "a", "anxiety": NaN, "doubt": 0, "hostility": 0, "support": 0}',
        '{"text": "a", "anxiety": "x", "doubt": 0, "hostility": 0, "support": 0}',
        "[]",
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    good = '{"text": "a", "anxiety": 0.5, "doubt": 0, "hostility": 1, "support": 0}\n'
    (tmp_path / "b.jsonl").write_text(good + line + "\n")
    with pytest.raises(CorpusError, match="line 2"):
        list(read_beliefs(tmp_path / "b.jsonl"))


def test_with_beliefs_posts_of_other_topics_calibrate() -> None:
    unseen = [
        LabelledText(
            f"{p}这事绝绝子翻车了",
            frozenset([Mood.HOSTILITY] if at < len(PLACES) * 2 else []),
            f"new {p}",
        )
        for at, p in enumerate(PLACES * 4)
    ]
    sure = train(rows(), SMALL, beliefs())
    eager = Recipe(bits=SMALL.bits, enough=20)
    humbled = train(rows(), eager, beliefs(), unseen)
    at, slang = MOODS.index(Mood.HOSTILITY), ["杭州这事绝绝子翻车了"]
    assert sure.score(slang)[0, at] > 0.8
    assert 0.3 < humbled.score(slang)[0, at] < 0.7
    assert humbled.prevalence[at] == pytest.approx(0.5)
    # Without beliefs, of topics they know, and of too few posts, they say nothing.
    met = [replace(post, topic=rows()[0].topic) for post in unseen]
    assert train(rows(), eager, beliefs(), met).prevalence[at] < 0.5
    assert train(rows(), eager, (), unseen).prevalence[at] < 0.5
    assert train(rows(), SMALL, beliefs(), unseen).prevalence[at] < 0.5
