"""How often the intervals of totals hold the truth, by how many posts a batch has.

Run: ``python benchmarks/moods_intervals.py ../shared/corpus/dev.jsonl``. Curves, usual shares and
scatter come from one half of the topics; batches of the other half, with the share of a mood halved
to doubled, are judged. Printed are coverage, mean half-width and how many estimates are within
3 points of the truth, by size and by topics in a batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

from analysis.mood import MOODS
from analysis.quantify import share_of
from analysis.scatter import TOPICS, scatter_of, shifted
from benchmarks.moods_dev import Floats, Numbers, Posts, asked, fitted

ROUNDS, BATCHES = 6, 25
SIZES = (100, 500, 2_000)


def learnt(posts: Posts, mine: NDArray[np.bool_], topic: Numbers) -> Floats:
    """Return the scatter of each mood between the halves of ``mine``."""
    halves = [mine & (topic % 2 == part) for part in (0, 1)]
    scores = np.zeros(posts.odds.shape)
    for here, there in (halves, halves[::-1]):
        scores[here] = fitted(posts, there)[here]
    labels = posts.labels[mine].astype(np.float32)
    return scatter_of(scores[mine], labels, topic[mine].astype(str))


def batches(
    known: tuple[Floats, NDArray[np.bool_], float, float],
    where: tuple[Numbers, NDArray[np.bool_], int],
    size: int,
    chance: np.random.Generator,
) -> Iterator[tuple[bool, float, bool]]:
    """Yield whether a batch's interval holds the truth, its half-width, and if 3 points are met."""
    scores, truths, usual, scatter = known
    topic, judged, count = where
    there = np.unique(topic[judged])
    for _ in range(BATCHES):
        drawn = chance.choice(there, min(count, len(there)), replace=False)
        picked = np.flatnonzero(np.isin(topic, drawn))
        batch = picked[shifted(truths[picked], chance, size)]
        share, true = share_of(scores[batch], usual, scatter), float(truths[batch].mean())
        near = abs(share.share - true) <= 0.03
        yield share.low <= true <= share.high, (share.high - share.low) / 2, near


def main() -> None:
    """Print a row for each size of batch and number of topics."""
    posts, chance = asked(__doc__), np.random.default_rng(0)
    kinds = list(product(SIZES, (TOPICS, posts.topics)))
    held: dict[tuple[int, int, int], list[tuple[bool, float, bool]]] = {}
    for _, first in product(range(ROUNDS), (True, False)):
        topic = chance.permutation(posts.topics)[posts.topic]
        mine = (topic < posts.topics // 2) == first
        scores, scatter = fitted(posts, mine), learnt(posts, mine, topic)
        for at, (size, count) in product(range(len(MOODS)), kinds):
            truths = posts.labels[:, at] > 0
            known = scores[:, at], truths, float(truths[mine].mean()), float(scatter[at])
            rows = batches(known, (topic, ~mine, count), size, chance)
            held.setdefault((size, count, at), []).extend(rows)
    for size, count in kinds:
        told = [np.mean(held[size, count, at], axis=0) for at in range(len(MOODS))]
        rows = zip(MOODS, told, strict=True)
        line = "  ".join(f"{m} {c:.2f} ±{w:.3f}, near {n:.2f}" for m, (c, w, n) in rows)
        print(f"{size:5d} posts of {'all' if count > TOPICS else count} topics: {line}")


if __name__ == "__main__":
    main()
