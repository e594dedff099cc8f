"""New pieces get a place that nobody misses, and a correction can move them there."""

import numpy as np

from analysis.adapt import adapt
from analysis.corpus import LabelledText
from analysis.features import marks, owners, pieces, places
from analysis.mood import Mood
from analysis.moods import MoodModel
from analysis.settle import settled
from analysis.text import encode

SLANG = ["獾杯蚌埠住了", "说到獾杯，又是蚌埠住了的一天", "蚌埠住了，獾杯"]


def owned(layers: object, texts: list[str]) -> np.ndarray:
    """Which of the pieces that all texts share own a place."""
    met = [np.unique(np.concatenate([f for _, f in pieces(encode([text]))])) for text in texts]
    found, count = np.unique(np.concatenate(met), return_counts=True)
    found = found[count == len(texts)]
    bits = len(layers.marks).bit_length() - 1
    return np.asarray(layers.marks[places(found, bits)] == marks(found, bits))


def test_shared_pieces_move_in_and_begin_by_standing_for_nothing() -> None:
    model = MoodModel.load()
    after = settled(model.layers, SLANG)
    assert owned(after, SLANG).mean() > owned(model.layers, SLANG).mean()
    changed = (after.marks != model.layers.marks) | (after.table != model.layers.table).any(axis=1)
    assert 0 < changed.sum() < 40
    assert (after.table[changed] == 0).all()
    # Who says much is not moved out.
    moves = (model.layers.table.astype(int) ** 2).sum(axis=1)
    assert moves[changed].max() <= np.median(moves)


def test_what_one_text_alone_holds_moves_nobody_out() -> None:
    layers = MoodModel.load().layers
    assert (settled(layers, ["獾杯蚌埠住了"]).marks == layers.marks).all()


def test_of_two_newcomers_the_one_that_more_texts_share_moves_in() -> None:
    found = np.array([0x12000000, 0x12340000], np.uint32)
    assert owners(found, np.array([3, 2]), 8)[0x12] == 0x00
    assert owners(found, np.array([2, 3]), 8)[0x12] == 0x34


def test_a_corrected_newcomer_speaks_for_its_mood_where_it_comes_again() -> None:
    model = MoodModel.load()
    lessons = [
        LabelledText(shape.replace("獾杯", f"獾杯{n}"), frozenset({Mood.HOSTILITY}), "slang")
        for n in "一二三四五六"
        for shape in SLANG
    ]
    new = adapt(model, lessons, ["今天天气不错", "下班一起吃饭"])
    again = ["他们家又蚌埠住了"]
    hostile = list(Mood).index(Mood.HOSTILITY)
    assert new.score(again)[0, hostile] > model.score(again)[0, hostile] + 0.1
