"""From log-odds to probabilities and labels: what is chosen on few posts holds on others."""

import numpy as np
import pytest

from analysis.calibrate import best_threshold, f1, wise_threshold
from analysis.heed import curves_of


def _posts(seed: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return true probabilities of a mood that one post in six carries, and labels drawn so."""
    random = np.random.default_rng(seed)
    scores = 1 / (1 + np.exp(-random.normal(-2.5, 2.0, count)))
    return scores, (random.random(count) < scores).astype(float)


def test_a_threshold_from_few_posts_scatters_less_and_reads_others_better() -> None:
    many = _posts(0, 100_000)
    found: dict[str, list[float]] = {"best": [], "wise": []}
    for seed in range(1, 41):
        few = _posts(seed, 200)
        found["best"].append(best_threshold(*few))
        found["wise"].append(wise_threshold(few[0]))
    assert np.std(found["wise"]) < 0.7 * np.std(found["best"])
    read = {
        name: np.mean([f1(many[1], many[0] >= at) for at in ats]) for name, ats in found.items()
    }
    assert read["wise"] > read["best"] + 0.002
    assert wise_threshold(many[0]) == pytest.approx(best_threshold(*many), abs=0.05)


def test_odds_that_are_too_sure_are_humbled() -> None:
    scores, labels = _posts(3, 20_000)
    sure = 2 * np.log(scores / (1 - scores)) + 1
    curves = curves_of(sure[:, None], labels[:, None])
    assert curves.weights[0, 0] == pytest.approx(0.5, abs=0.03)
    assert curves.shifts[0] == pytest.approx(-0.5, abs=0.06)


def test_without_a_single_carrier_there_is_still_a_threshold() -> None:
    assert 0.1 <= wise_threshold(np.zeros(5)) <= 0.7
