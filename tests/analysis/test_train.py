"""Learning: the same rows give the same model, corrections count, bad input is refused."""

import json
from pathlib import Path

import pytest

from analysis.corpus import CorpusError, LabelledText, read_corpus, truth
from analysis.evaluate import compare, evaluate
from analysis.folds import folds_of
from analysis.linear import TrainingError
from analysis.mood import MOODS, Mood
from analysis.moods import MoodModel
from analysis.train import Recipe, TrainReport, save, train, train_from

SAYINGS = {
    Mood.ANXIETY: ["太可怕了", "好担心孩子", "吓得睡不着", "不敢再吃了"],
    Mood.DOUBT: ["真的假的", "证据在哪", "谁会信啊", "求证一下"],
    Mood.HOSTILITY: ["无良商家", "去死吧骗子", "必须严惩", "滚出市场"],
    Mood.SUPPORT: ["支持你们", "相信警方", "加油点赞", "辛苦了谢谢"],
}
PLACES = ["北京", "上海", "广州", "成都", "武汉", "西安"]
SMALL = Recipe(bits=12)


def rows() -> list[LabelledText]:
    told = [
        LabelledText(f"{place}的消息，{saying}", frozenset([mood]), f"topic {place}")
        for mood, sayings in SAYINGS.items()
        for saying in sayings
        for place in PLACES
    ]
    plain = [
        LabelledText(f"{p}今天第{n}条新闻", frozenset(), f"topic {p}")
        for p in PLACES
        for n in "一二三四五六七八"
    ]
    return told + plain


def test_the_same_rows_give_the_same_version(tmp_path: Path) -> None:
    first = save(train(rows(), SMALL), tmp_path / "a.npz")
    second = save(train(rows(), SMALL), tmp_path / "b.npz")
    assert first.version == second.version
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_it_learns_what_it_is_shown(tmp_path: Path) -> None:
    model = save(train(rows(), SMALL), tmp_path / "a.npz")
    assert evaluate(model, rows()).macro > 0.9
    assert set(model.thresholds) == set(MOODS)


def test_what_a_corpus_adds_is_learnt_and_compared(tmp_path: Path) -> None:
    slang = [LabelledText(f"{p}这事绝绝子翻车", frozenset([Mood.HOSTILITY]), p) for p in PLACES] * 3
    before = _from_file(tmp_path, rows(), "old.npz")
    after = _from_file(tmp_path, [*rows(), *slang], "new.npz")
    assert before.version != after.version
    assert after.figures["posts"] == before.figures["posts"] + len(slang)
    old, new = MoodModel.load(before.path), MoodModel.load(after.path)
    verdict = compare(new, old, [*rows(), *slang])
    assert verdict.accepted
    assert not compare(old, new, [*rows(), *slang]).accepted
    assert not compare(old, old, rows()).accepted


def _from_file(folder: Path, told: list[LabelledText], name: str) -> TrainReport:
    lines = (json.dumps({"text": r.text, "moods": [*r.moods], "topic": r.topic}) for r in told)
    (folder / "train.jsonl").write_text("\n".join(lines))
    return train_from(folder, folder / name, SMALL)


def test_topics_are_never_split() -> None:
    folds = folds_of([row.topic for row in rows()], 3)
    for place in PLACES:
        at = [n for n, row in enumerate(rows()) if row.topic == f"topic {place}"]
        assert len(set(folds[at])) == 1


def test_one_topic_is_too_little() -> None:
    with pytest.raises(TrainingError, match="one_topic"):
        train([LabelledText("a", frozenset(), "t")] * 3, SMALL)


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"text": "a"}', '{"text": "a", "moods": ["joy"]}', '{"moods": []}', "1"]
)
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text('{"text": "a", "moods": []}\n' + line + "\n")
    with pytest.raises(CorpusError, match="line 2"):
        list(read_corpus(path))


def test_truth_follows_the_order_of_moods() -> None:
    row = LabelledText("a", frozenset([Mood.SUPPORT, Mood.ANXIETY]))
    assert truth([row]).tolist() == [[1.0, 0.0, 0.0, 1.0]]
