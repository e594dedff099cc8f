"""Shares of a batch are right where labels alone would mislead."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.heed import curves_of
from analysis.mood import MOODS
from analysis.moods import MoodModel
from analysis.quantify import estimate, share_of
from analysis.scatter import scatter_of, shifted

PREVALENCE = 0.2


def batch(share: float, size: int, seed: int) -> np.ndarray:
    """Calibrated scores of two overlapping kinds of post, mixed at ``share``."""
    chance = np.random.default_rng(seed)
    said = chance.random(size) < share
    odds = chance.normal(np.where(said, 1.0, -1.0) * 1.5, np.sqrt(3.0))
    return 1 / (1 + np.exp(-(odds + np.log(PREVALENCE / (1 - PREVALENCE)))))


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5, 0.8])
def test_shifted_shares_are_found_and_covered(share: float) -> None:
    found = [share_of(batch(share, 500, seed), PREVALENCE, 0.05) for seed in range(60)]
    # Held at the usual share, the estimate leans that way; most where the batch is least usual.
    lean = np.mean([one.share for one in found]) - share
    assert abs(lean) < 0.02 + 0.16 * abs(share - PREVALENCE)
    assert lean * (share - PREVALENCE) <= 0.01
    covered = np.mean([one.low <= share <= one.high for one in found])
    assert covered >= 0.85


@pytest.mark.parametrize("size", [100, 500, 2_000])
def test_topics_that_lead_astray_are_covered_whatever_the_size(size: int) -> None:
    """Each topic shifts the odds of all its posts, as an affair's own words do."""
    chance = np.random.default_rng(5)
    topic = np.repeat(np.arange(300), 20)
    carries = chance.random(len(topic)) < PREVALENCE
    odds = chance.normal(np.where(carries, 1.0, -1.0) * 1.5, np.sqrt(3.0))
    odds += chance.normal(0.0, 0.5, 300)[topic] + np.log(PREVALENCE / (1 - PREVALENCE))
    met = topic < 150
    curves = curves_of(odds[met, None], carries[met, None].astype(float))
    scores = curves.chances(odds[:, None])[:, 0]
    labels = carries.astype(np.float32)
    names = topic.astype(str)
    scatter = scatter_of(scores[met, None], labels[met, None], list(names[met]))[0]
    assert 0.01 < scatter < 0.1
    held = []
    for _ in range(100):
        chosen = chance.choice(np.arange(150, 300), 40, replace=False)
        picked = np.flatnonzero(np.isin(topic, chosen))
        posts = picked[shifted(carries[picked], chance, size)]
        share = share_of(scores[posts], float(carries[met].mean()), scatter)
        held.append(share.low <= carries[posts].mean() <= share.high)
    assert np.mean(held) >= 0.88


def test_counting_labels_would_be_wrong() -> None:
    scores = batch(0.5, 5000, 1)
    assert abs((scores >= 0.5).mean() - 0.5) > 0.1
    assert abs(share_of(scores, PREVALENCE, 0.0).share - 0.5) < 0.03


@given(st.lists(st.floats(0, 1), max_size=40))
def test_any_scores_give_an_ordered_interval(scores: list[float]) -> None:
    found = share_of(np.array(scores), PREVALENCE, 0.02)
    assert 0 <= found.low <= found.share <= found.high <= 1


def test_every_mood_is_estimated_and_nothing_is_known_of_nothing() -> None:
    model = MoodModel.load()
    found = estimate(model.score(["真的假的？", "黑心商家去死"]), model)
    assert tuple(found) == MOODS
    nothing = estimate(model.score([]), model)
    assert all((one.low, one.high) == (0.0, 1.0) for one in nothing.values())
