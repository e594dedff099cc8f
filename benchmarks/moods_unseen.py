"""How affairs are read that no annotator's label taught, and what the readings bring there.

Run: ``python benchmarks/moods_unseen.py CORPUS_FOLDER BELIEFS.jsonl [--out MODEL]``. The labels of
the sources in ``UNSEEN`` judge, so no teacher that wrote the beliefs may have met them:
``moods_readings.py tell`` writes such (only the level of a chunk comes from a model that did).
Unlabelled posts of these sources were read. A model from labels alone stands beside.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.beliefs import read_beliefs
from analysis.corpus import LabelledText, read_corpus, truth
from analysis.mood import MOODS
from analysis.train import save, train
from benchmarks.moods_posts import UNSEEN

Numbers = NDArray[np.float64]


def ranked(scores: Numbers, labels: NDArray[np.float32]) -> tuple[float, float]:
    """Return the best F1 of any threshold, and the average precision."""
    true = labels[np.argsort(-scores, kind="stable")]
    found, called = np.cumsum(true), np.arange(1, len(true) + 1)
    precise = (found / called)[true > 0]
    return float((2 * found / (called + true.sum())).max()), float(precise.mean())


def told(name: str, posts: Sequence[LabelledText], odds: Numbers) -> None:
    """Print a line for each source, and one for all of them."""
    labels, source = truth(posts), np.array([post.source for post in posts])
    for here in ("all of them", *UNSEEN):
        chosen = (source == here) | (here == "all of them")
        found = [ranked(odds[chosen, at], labels[chosen, at]) for at in range(len(MOODS))]
        each = "  ".join(f"{mood} {one[0]:.3f}" for mood, one in zip(MOODS, found, strict=True))
        three = np.mean(found[:3], axis=0)
        print(f"{name:7s} {here:30s} F1 {three[0]:.3f}  AP {three[1]:.3f}  {each}", flush=True)


def main() -> None:
    """Print both models' figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("beliefs", type=Path)
    parser.add_argument("--out", type=Path, help="keep the taught model, for moods_corrections.py")
    asked = parser.parse_args()
    posts, dev = (list(read_corpus(asked.corpus / f"{name}.jsonl")) for name in ("train", "dev"))
    rows = [post for post in posts if post.source not in UNSEEN]
    judged = [post for post in posts if post.source in UNSEEN]
    texts = [post.text for post in judged]
    told("labels", judged, train(rows).odds(texts))
    others = [post for post in dev if post.source not in UNSEEN]
    model = train(rows, None, list(read_beliefs(asked.beliefs)), others)
    told("taught", judged, model.odds(texts))
    if asked.out:
        save(model, asked.out)


if __name__ == "__main__":
    main()
