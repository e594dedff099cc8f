"""Which way of choosing thresholds reads posts of other topics best.

Run: ``python benchmarks/moods_thresholds.py ../shared/corpus/dev.jsonl``. Curves and thresholds
come from four fifths of the topics and judge the fifth, dealt anew ``ROUNDS`` times; printed are
the mean F1 of anxiety, doubt and hostility, and that of support, by way of choosing.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analysis.calibrate import STEPS, best_threshold, f1, wise_threshold
from benchmarks.moods_dev import Floats, Numbers, Posts, asked, fitted

ROUNDS, FOLDS = 16, 5


def both(scores: Floats, labels: Floats) -> float:
    """Return the threshold with the best mean of the F1 found and the F1 expected."""
    found = np.array([f1(labels, scores >= step) for step in STEPS])
    smooth = np.convolve(np.pad(found, 2, mode="edge"), np.full(5, 0.2), mode="valid")
    called = [scores >= step for step in STEPS]
    promised = [2 * scores[now].sum() / (scores.sum() + now.sum()) for now in called]
    return float(STEPS[int(np.argmax(smooth + np.array(promised)))])


WAYS: dict[str, Callable[[Floats, Floats], float]] = {
    "best found": best_threshold,
    "best expected": lambda scores, _: wise_threshold(scores),
    "mean of both": both,
}


def judged(posts: Posts, fold: Numbers, way: Callable[[Floats, Floats], float]) -> list[float]:
    """Return F1 of each mood, each fold by the curves and thresholds of the others."""
    said = np.zeros(posts.labels.shape, bool)
    for part in range(FOLDS):
        mine = fold == part
        scores = fitted(posts, ~mine)
        for at, labels in enumerate(posts.labels.T):
            said[mine, at] = scores[mine, at] >= way(scores[~mine, at], labels[~mine])
    return [f1(labels, there) for labels, there in zip(posts.labels.T, said.T, strict=True)]


def main() -> None:
    """Print a row a way."""
    posts = asked(__doc__)
    for name, way in WAYS.items():
        chance, rows = np.random.default_rng(1), []
        for _ in range(ROUNDS):
            fold = chance.integers(0, FOLDS, posts.topics)[posts.topic]
            rows.append(judged(posts, fold, way))
        means = np.mean(rows, axis=0)
        print(f"{name:14s} mean of three {means[:3].mean():.4f}  support {means[3]:.4f}")


if __name__ == "__main__":
    main()
