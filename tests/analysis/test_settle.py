"""New pieces get a place that nobody misses, and a correction can move them there."""

from dataclasses import replace

import numpy as np

from analysis.adapt import adapt
from analysis.corpus import LabelledText
from analysis.features import marks, pieces, places
from analysis.mood import Mood
from analysis.moods import MoodModel
from analysis.nets import NUMBERS
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


def test_new_pieces_move_in_and_begin_by_standing_for_nothing() -> None:
    model = MoodModel.load()
    after = settled(model.layers, SLANG)
    assert owned(after, SLANG).mean() > owned(model.layers, SLANG).mean()
    changed = (after.marks != model.layers.marks) | (after.table != model.layers.table).any(axis=1)
    assert 0 < changed.sum() < 80
    assert (after.table[changed] == 0).all()
    # Who says much is not moved out.
    moves = (model.layers.table.astype(int) ** 2).sum(axis=1)
    assert moves[changed].max() <= np.median(moves)


def test_a_text_whose_places_are_all_loud_gets_the_quietest() -> None:
    layers, moved = MoodModel.load().layers, 0
    moves = (layers.table.astype(int) ** 2).sum(axis=1)
    # Rare characters, alone: few pieces, so that some find no quiet place.
    for text in "龘靐齉爩鱻麤灪龖厵滟爨癵籱饢驫鲡鹂鸾厵":
        after = settled(layers, [text])
        changed = after.marks != layers.marks
        met = np.unique(np.concatenate([found for _, found in pieces(encode([text]))]))
        at = places(met, 18)
        new = layers.marks[at] != marks(met, 18)
        if new.any() and not (moves[at[new]] <= np.median(moves)).any():
            assert moves[changed].tolist() == [moves[at[new]].min()]
            moved += 1
    assert moved


def test_of_the_newcomers_to_a_place_the_one_that_most_texts_share_moves_in() -> None:
    layers = MoodModel.load().layers
    empty = replace(layers, marks=np.zeros(4, np.uint8), table=np.zeros((4, NUMBERS), np.int8))
    texts = ["好坏", "好人", "坏人", "好", "人山", "山好"]
    met = [np.unique(np.concatenate([f for _, f in pieces(encode([text]))])) for text in texts]
    found, shared = np.unique(np.concatenate(met), return_counts=True)
    after = settled(empty, texts).marks
    contested = 0
    for place in range(4):
        here = (places(found, 2) == place) & (marks(found, 2) != 0)
        owner = here & (marks(found, 2) == after[place])
        assert shared[owner].max() == shared[here].max()
        contested += shared[here].min() < shared[here].max()
    assert contested


def test_a_word_nobody_knew_is_taught_by_one_correction_and_nothing_else_moves() -> None:
    model = MoodModel.load()
    others = ["", "好", "今天天气不错", "太可怕了", "支持你们，加油"]
    new = adapt(model, [LabelledText("龘", frozenset({Mood.HOSTILITY}), "slang")], [])
    hostile = list(Mood).index(Mood.HOSTILITY)
    assert new.odds(["龘"])[0, hostile] > model.odds(["龘"])[0, hostile] + 1
    assert np.abs(new.score(others) - model.score(others)).max() < 0.01
