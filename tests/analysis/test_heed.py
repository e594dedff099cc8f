"""Curves that heed other moods: honest, and better where moods go together."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.assemble import bare
from analysis.calibrate import calibration_error
from analysis.heed import Curves, curves_of
from analysis.layers import mixed
from tests.analysis.voices import TEXTS, some_net


def drawn(posts: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds twice too sure; the second mood is carried oftener where the first is spoken of."""
    dice = np.random.default_rng(seed)
    odds = dice.normal(-2, 2, (posts, 4))
    true = odds / 2
    true[:, 1] += odds[:, 0] / 2
    return odds, (dice.random(odds.shape) < 1 / (1 + np.exp(-true))).astype(np.float32)


def test_a_mood_heeds_another_and_is_calibrated_on_other_posts() -> None:
    curves = curves_of(*drawn(20_000, 0))
    assert curves.weights[0, 0] == pytest.approx(0.5, abs=0.05)
    assert curves.weights[1, 0] == pytest.approx(0.5, abs=0.1)
    assert abs(curves.weights[0, 1]) < 0.05
    odds, labels = drawn(20_000, 1)
    chances = curves.chances(odds)
    for at in range(4):
        assert calibration_error(chances[:, at], labels[:, at]) < 0.02
    alone = 1 / (1 + np.exp(-odds[:, 1] / 2))
    assert calibration_error(alone, labels[:, 1]) > 0.02


def test_few_posts_tell_little_of_other_moods() -> None:
    curves = curves_of(*drawn(60, 0))
    others = curves.weights - np.diag(np.diag(curves.weights))
    assert 0 < np.abs(others).max() < 0.2
    none = curves_of(np.zeros((0, 4)), np.zeros((0, 4), np.float32))
    assert np.allclose(none.weights, np.eye(4))
    assert np.isfinite(curves_of(drawn(60, 0)[0], np.zeros((60, 4), np.float32)).shifts).all()


@pytest.mark.parametrize(("spread", "shift"), [(0.01, 0.0), (15.0, 0.0), (0.5, -40.0), (0.0, 1e3)])
def test_odds_of_any_size_end_no_worse_than_they_began(spread: float, shift: float) -> None:
    dice = np.random.default_rng(0)
    plain = dice.normal(-1, 1, (2_000, 1))
    labels = (dice.random(plain.shape) < 1 / (1 + np.exp(-plain))).astype(float)
    curves = curves_of(plain * spread + shift, labels)
    chances = curves.chances(plain * spread + shift)
    assert chances.mean() == pytest.approx(labels.mean(), abs=0.01)
    if spread:
        assert calibration_error(chances[:, 0], labels[:, 0]) < 0.03


def test_odds_that_tell_nothing_or_the_contrary_still_give_the_right_mean() -> None:
    odds = np.random.default_rng(0).normal(-4, 1, (2_000, 4))
    labels = (np.random.default_rng(1).random(odds.shape) < 1 / (1 + np.exp(odds + 4))).astype(
        float
    )
    curves = curves_of(odds, labels)
    assert (np.diag(curves.weights) >= 0.05).all()
    assert np.abs(curves.chances(odds).mean(0) - labels.mean(0)).max() < 0.01


def test_layers_say_what_curves_make_of_them() -> None:
    curves = Curves(np.eye(4) + 0.2, np.array([0.1, -0.2, 0.3, 0.0]))
    model = bare(some_net())
    before = model.odds(TEXTS)
    bias = curves.weights @ model.bias + curves.shifts
    after = replace(model, layers=mixed(model.layers, curves.weights), bias=bias).odds(TEXTS)
    assert np.abs(after - (before @ curves.weights.T + curves.shifts)).max() < 1e-2
    assert np.abs(curves.undone(after) - before).max() < 2e-2
