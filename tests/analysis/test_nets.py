"""The network: rounded as it was learnt, the same in both adders, its slopes true."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import fast, sums
from analysis.assemble import bare
from analysis.descent import desk, look_up, notes, read, trace
from analysis.features import SPANS, hashes, marks, owners, pieces, places, scatter
from analysis.layers import LOUDEST, MOST, Layers, rounded
from analysis.linear import design, fit
from analysis.modelfile import MOST_UNITS
from analysis.moods import MoodModel
from analysis.nets import LARGEST, NUMBERS, STRETCH, VOICES, Net, fresh, joined, of_linear
from analysis.recipe import School
from analysis.schooling import taught
from analysis.slopes import slopes
from analysis.text import LONGEST, encode
from tests.analysis.voices import TEXTS, some_net, some_voice

LAYERS = ("hidden", "context", "start", "straight", "total", "peak", "bias")


def layers_of(net: Net) -> tuple[np.ndarray, ...]:
    return tuple(getattr(net, name) for name in LAYERS)


def read_in_floats(net: Net, text: str, lead: int = 0) -> np.ndarray:
    """The formula at the head of ``analysis.nets``, written down once more.

    The first stretch lacks ``lead`` characters, as when a post is learnt from.
    """
    codes = encode([text])
    spread, size = scatter(codes.values), len(codes.values)
    bits = len(net.table).bit_length() - 1
    stands = np.zeros((size, net.table.shape[1]))
    for piece, span in SPANS.items():
        found = hashes(spread, piece)
        mine = net.marks[places(found, bits)] == marks(found, bits)
        stands[span - 1 :] += net.table[places(found, bits)] * mine[:, None]
    firsts = range(-lead, size, STRETCH)
    g = np.array([stands[max(at, 0) : at + STRETCH].sum(0) for at in firsts])
    t = stands.sum(0) / np.sqrt(size)
    h = np.maximum(0, net.start + t @ net.context + g @ net.hidden)
    said = net.bias + t @ net.straight + h.sum(0) / np.sqrt(len(g)) @ net.total
    return said + (h.max(0) @ net.peak if len(net.start) else 0)


@pytest.mark.parametrize("units", [0, 1, 64])
def test_a_rounded_model_says_what_its_voices_learnt(units: int) -> None:
    voices = [some_voice(units, seed=seed) for seed in range(VOICES)]
    found = bare(joined(voices)).odds(TEXTS)
    each = [[read_in_floats(voice, text) for text in TEXTS] for voice in voices]
    wanted = np.mean(each, axis=0)
    assert np.abs(each[0] - wanted).max() > 1
    assert np.abs(found - wanted).max() < 0.3
    assert np.abs(wanted - wanted.mean(0)).max() > 1


def test_a_linear_model_is_a_network_without_units() -> None:
    rows = design(TEXTS, 10)
    weights = fit(rows, np.eye(6, 4, dtype=np.float32), 1.0)
    found = bare(of_linear(rows.given, weights.table, weights.bias)).odds(TEXTS)
    assert np.abs(found - weights.odds(rows)).max() < 0.02


@given(
    st.lists(st.text(max_size=80), min_size=1, max_size=6),
    st.sampled_from([0, 1, 7, 64]),
)
def test_both_adders_agree_for_any_network(texts: list[str], units: int) -> None:
    layers = rounded(some_net(units, 6))
    codes = encode(texts)
    together = fast.adder(layers)(codes)
    assert (sums.plain(layers)(codes) == together).all()
    # Nor does it matter beside what a text stands.
    alone = [fast.adder(layers)(encode([text])) for text in texts]
    assert (together == np.concatenate(alone)).all()


def test_threads_do_not_read_each_others_units() -> None:
    """Machine code lets go of the interpreter, so two batches are read at once."""
    read = fast.adder(rounded(some_net(40)))
    texts = [[f"{text}{n}" for text in TEXTS for n in range(at, at + 400)] for at in (0, 400)]
    alone = [read(encode(some)) for some in texts]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda at: read(encode(texts[at % 2])), range(80)))
    assert all((odds == alone[at % 2]).all() for at, odds in enumerate(found))


def test_the_worthiest_piece_owns_its_place_and_strangers_say_nothing() -> None:
    found = np.concatenate([found for _, found in pieces(encode(TEXTS))])
    found, counts = np.unique(found, return_counts=True)
    given = owners(found, counts, 4)
    for place in range(16):
        here = places(found, 4) == place
        best = found[here][counts[here] == counts[here].max()][-1:]
        assert given[place] == marks(best, 4)[0]
    model = bare(some_net())
    other, empty = (replace(model, layers=replace(model.layers, **change)) for change in (
        {"marks": ~model.layers.marks}, {"table": np.zeros_like(model.layers.table)},
    ))  # fmt: skip
    assert (other.odds(TEXTS) == empty.odds(TEXTS)).all()
    assert (model.odds(TEXTS) != empty.odds(TEXTS)).all()


@pytest.mark.parametrize("sign", [-1, 1])
def test_the_largest_numbers_still_fit(sign: int) -> None:
    units = MOST_UNITS
    met = np.concatenate([found for _, found in pieces(encode(["怕" * 9]))])
    layers = Layers(
        marks=owners(*np.unique(met, return_counts=True), 2),
        table=np.full((4, NUMBERS), LARGEST, np.int8),
        hidden=np.full((8, units), sign * 127, np.int8),
        context=np.full((8, units), sign * 32767, np.int16),
        start=np.full(units, sign * MOST, np.int32),
        heads=np.full((NUMBERS + 2 * units, 4), 32767, np.int16),
        scale=np.ones((3, 4)),
    )
    texts, stretches = ["怕" * LONGEST, "好", "怕好" * 90], -(-(LONGEST + 2) // STRETCH)
    parts = [np.zeros((3, 4)), *np.eye(3)[:, :, None].repeat(4, axis=2)]
    odds = []
    for scale in parts:
        one = replace(layers, scale=scale)
        read = sums.plain(one)
        odds.append(read(encode(texts)))
        assert (odds[-1] == fast.adder(one)(encode(texts))).all()
        assert (odds[-1] == np.concatenate([read(encode([text])) for text in texts])).all()
    loudest = LOUDEST * units * 32767 * (sign > 0)
    assert (odds[0] == 0).all()
    assert odds[1][0, 0] > 0
    assert odds[2][0, 0] == stretches * loudest / np.sqrt(stretches)
    assert odds[3][0, 0] == loudest


def test_slopes_say_what_a_step_does() -> None:
    model = bare(some_net(16))
    matrix = slopes(model, TEXTS)
    before, table = model.odds(TEXTS).ravel(), model.layers.table
    dice = np.random.default_rng(1)
    for at in dice.choice(np.unique(matrix.indices), 40, replace=False):
        moved = table.copy()
        moved.ravel()[at] += 1 if moved.ravel()[at] < LARGEST else -1
        step = float(moved.ravel()[at]) - float(table.ravel()[at])
        there = replace(model, layers=replace(model.layers, table=moved))
        found = (MoodModel.odds(there, TEXTS).ravel() - before) / step
        # A step may carry a unit over its threshold or make another stretch the highest.
        assert np.median(np.abs(found - matrix[:, at].toarray().ravel())) < 1e-3


def test_what_is_said_again_and_again_has_the_slope_of_its_highest_stretch() -> None:
    model, text = bare(some_net(16)), "怕死了骗子们" * 20
    matrix, table = slopes(model, [text]), model.layers.table
    before, pairs = model.odds([text])[0], []
    for at in np.unique(matrix.indices):
        moved = table.copy()
        moved.ravel()[at] += 1 if moved.ravel()[at] < LARGEST else -1
        step = float(moved.ravel()[at]) - float(table.ravel()[at])
        there = replace(model, layers=replace(model.layers, table=moved))
        found = (MoodModel.odds(there, [text])[0] - before) / step
        pairs.append((found, matrix[:, at].toarray().ravel()))
    real, told = np.moveaxis(np.array(pairs), 1, 0).reshape(2, -1)
    assert np.corrcoef(real, told)[0, 1] > 0.95
    assert 0.9 < (real @ told) / (told @ told) < 1.1


@pytest.mark.parametrize("lead", range(STRETCH))
def test_what_learns_reads_by_the_formula_wherever_stretches_begin(lead: int) -> None:
    net, room = some_voice(7), desk(7, 4)
    for text in filter(None, TEXTS):
        values = encode([text]).values
        look_up(values, fast.owned(net.marks), 0.0, room[0], notes())
        read(len(values), lead, net.table, layers_of(net), room)
        assert np.abs(room[7] - read_in_floats(net, text, lead)).max() < 1e-3


@pytest.mark.parametrize("lead", [0, 1, 5])
@pytest.mark.parametrize("name", LAYERS)
def test_slopes_of_a_lesson_say_what_a_step_does(lead: int, name: str) -> None:
    net, room, text = some_voice(7), desk(7, 4), TEXTS[0]
    wide = replace(net, **{name: getattr(net, name).astype(np.float64)})
    values, error = encode([text]).values, np.array([0.3, -0.2, 0.5, -0.9])
    look_up(values, fast.owned(net.marks), 0.0, room[0], notes())
    read(len(values), lead, net.table, layers_of(net), room)
    room[7][:] = error
    slopes = tuple(np.zeros_like(layer) for layer in layers_of(net))
    trace(len(values), lead, layers_of(net), slopes, room)
    found = slopes[LAYERS.index(name)].ravel()
    for at in range(len(found)):
        moved = getattr(wide, name).copy()
        moved.ravel()[at] += 1e-6
        there = read_in_floats(replace(wide, **{name: moved}), text, lead)
        step = error @ (there - read_in_floats(wide, text, lead)) / 1e-6
        assert abs(found[at] - step) < 1e-3 * max(1, abs(step))


def test_a_network_learns_what_stands_together_and_no_sum_can() -> None:
    """怕 beside 不 and 死 apart, or 死 beside 不 and 怕 apart: the same pieces, another sense."""
    fill = ["今天下雨了吗", "我们去吃饭吧", "晚上一起看球", "周末再说好吗", "路上有点堵车"]
    texts = [f"{a}不怕疼痛啊{a}{b}别死记硬背" for a in fill for b in fill]
    other = [f"{a}不死记硬背{a}{b}别怕疼痛啊" for a in fill for b in fill]
    chances = np.repeat([[0.9], [0.1]], len(texts), axis=0).astype(np.float32) * np.ones(4, "f4")
    school = School(rounds=60, dropped=0.0)
    net = taught([*texts, *other], chances, 10, school)
    seeds = [VOICES * school.seed + voice for voice in range(VOICES)]
    model = bare(net)
    before = joined([fresh(net.marks, np.random.default_rng(seed)) for seed in seeds])
    assert (model.odds(texts) > 0).all()
    assert (model.odds(other) < 0).all()
    for name in LAYERS:
        assert (getattr(net, name) != getattr(before, name)).any(), name
    halves = np.split(net.table, VOICES, axis=1)
    assert (halves[0] != halves[1]).any()


def test_a_piece_that_tells_owns_its_place_before_one_that_is_met_more_often() -> None:
    def one(char: str) -> np.ndarray:
        return hashes(scatter(np.array([ord(char)], np.int32)), "one")

    cue, chars = "怕", [chr(code) for code in range(0x4E00, 0x5200)]
    rival = next(char for char in chars if places(one(char), 6) == places(one(cue), 6))
    texts = [f"{rival}{a}{rival}{end}" for a in chars[:60] for end in ("", cue)]
    chances = np.repeat([[0.05, 0.95]], 60, axis=0).reshape(-1, 1) * np.ones(4)
    net = taught(texts, chances.astype(np.float32), 6, School(rounds=12, dropped=0.0))
    assert net.marks[places(one(cue), 6)] == marks(one(cue), 6)
