"""Which way of choosing thresholds reads posts of other topics best.

Run: ``python benchmarks/moods_thresholds.py ../shared/corpus/dev.jsonl``. Curves and thresholds
come from four fifths of the topics and judge the fifth, dealt anew ``ROUNDS`` times; printed are
the mean F1 of anxiety, doubt and hostility, and that of support, by way of choosing.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.calibrate import STEPS, best_threshold, f1, platt, wise_threshold
from analysis.corpus import read_corpus, truth
from analysis.mood import MOODS
from analysis.moods import MoodModel

ROUNDS, FOLDS = 16, 5
Floats = NDArray[np.float64]


def expected(scores: Floats, _: Floats) -> float:
    """Return the threshold whose F1 is highest if the scores are true probabilities."""
    values = [2 * scores[scores >= s].sum() / (scores.sum() + (scores >= s).sum()) for s in STEPS]
    return float(STEPS[int(np.argmax(values))])


WAYS: dict[str, Callable[[Floats, Floats], float]] = {
    "best found": best_threshold,
    "best expected": expected,
    "mean of both": wise_threshold,
}


def judged(
    odds: Floats, labels: Floats, fold: NDArray[np.int64], way: Callable[[Floats, Floats], float]
) -> float:
    """Return F1 of one mood, each fold by the curve and threshold of the others."""
    said = np.zeros(len(labels), bool)
    for part in range(FOLDS):
        mine = fold == part
        slope, shift = platt(odds[~mine], labels[~mine])
        scores = 1 / (1 + np.exp(-(slope * odds + shift)))
        said[mine] = scores[mine] >= way(scores[~mine], labels[~mine])
    return f1(labels, said)


def main() -> None:
    """Print a row a way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", type=Path)
    posts = list(read_corpus(parser.parse_args().posts))
    labels = truth(posts).astype(float)
    scores = MoodModel.load().score([post.text for post in posts])
    odds = np.log(scores / (1 - scores))
    names, topic = np.unique([post.topic for post in posts], return_inverse=True)
    for name, way in WAYS.items():
        chance, rows = np.random.default_rng(1), []
        for _ in range(ROUNDS):
            fold = chance.integers(0, FOLDS, len(names))[topic]
            rows.append([judged(odds[:, m], labels[:, m], fold, way) for m in range(len(MOODS))])
        means = np.mean(rows, axis=0)
        print(f"{name:14s} mean of three {means[:3].mean():.4f}  support {means[3]:.4f}")


if __name__ == "__main__":
    main()
