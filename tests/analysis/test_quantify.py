"""Shares of a batch are right where labels alone would mislead."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.mood import MOODS
from analysis.moods import MoodModel
from analysis.quantify import estimate, share_of

PREVALENCE = 0.2


def batch(share: float, size: int, seed: int) -> np.ndarray:
    """Calibrated scores of two overlapping kinds of post, mixed at ``share``."""
    chance = np.random.default_rng(seed)
    said = chance.random(size) < share
    odds = chance.normal(np.where(said, 1.0, -1.0) * 1.5, np.sqrt(3.0))
    return 1 / (1 + np.exp(-(odds + np.log(PREVALENCE / (1 - PREVALENCE)))))


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5, 0.8])
def test_shifted_shares_are_found_and_covered(share: float) -> None:
    found = [share_of(batch(share, 500, seed), PREVALENCE, 1.5) for seed in range(60)]
    # Held at the usual share, the estimate leans that way; most where the batch is least usual.
    lean = np.mean([one.share for one in found]) - share
    assert abs(lean) < 0.02 + 0.16 * abs(share - PREVALENCE)
    assert lean * (share - PREVALENCE) <= 0.01
    covered = np.mean([one.low <= share <= one.high for one in found])
    assert covered >= 0.85


def test_counting_labels_would_be_wrong() -> None:
    scores = batch(0.5, 5000, 1)
    assert abs((scores >= 0.5).mean() - 0.5) > 0.1
    assert abs(share_of(scores, PREVALENCE, 1.0).share - 0.5) < 0.03


@given(st.lists(st.floats(0, 1), max_size=40))
def test_any_scores_give_an_ordered_interval(scores: list[float]) -> None:
    found = share_of(np.array(scores), PREVALENCE, 1.5)
    assert 0 <= found.low <= found.share <= found.high <= 1


def test_every_mood_is_estimated_and_nothing_is_known_of_nothing() -> None:
    model = MoodModel.load()
    found = estimate(model.score(["真的假的？", "黑心商家去死"]), model)
    assert tuple(found) == MOODS
    nothing = estimate(model.score([]), model)
    assert all((one.low, one.high) == (0.0, 1.0) for one in nothing.values())
