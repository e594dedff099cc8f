"""Whether the shipped model's totals are right on posts of topics that it did not learn from.

Run: ``python benchmarks/moods_totals.py ../shared/corpus/dev.jsonl``. Batches of 500 posts are
drawn with the share of a mood halved to doubled; printed are how often the estimate is within 3
points of the truth, how often its interval holds the truth, and the root mean square error. Beside
them stands what a reader of the counted labels would take for the share.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from analysis.corpus import read_corpus, truth
from analysis.mood import MOODS
from analysis.moods import MoodModel
from analysis.quantify import estimate
from analysis.scatter import shifted

BATCHES = 500


def main() -> None:
    """Print a row a mood."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", type=Path)
    posts = list(read_corpus(parser.parse_args().posts))
    model, labels, chance = MoodModel.load(), truth(posts) > 0, np.random.default_rng(11)
    scores = model.score([post.text for post in posts]).astype(float)
    for at, mood in enumerate(MOODS):
        off, held, counted = [], [], []
        for _ in range(BATCHES):
            batch = shifted(labels[:, at], chance)
            share, true = estimate(scores[batch], model)[mood], float(labels[batch, at].mean())
            off.append(share.share - true)
            held.append(share.low <= true <= share.high)
            counted.append(float((scores[batch, at] >= model.thresholds[mood]).mean()) - true)
        print(
            f"{mood:10s} within 3 points {np.mean(np.abs(off) <= 0.03):.2f}"
            f"  covered {np.mean(held):.2f}  off {np.sqrt(np.mean(np.square(off))):.3f}"
            f"  labels counted: {np.mean(np.abs(counted) <= 0.03):.2f}"
            f"  off {np.sqrt(np.mean(np.square(counted))):.3f}"
        )


if __name__ == "__main__":
    main()
