"""How the model meets affairs it never saw, and whether its totals are right there.

Run: ``python benchmarks/moods_sources.py TRAIN.jsonl``. First every source named in ``UNSEEN`` is
held out at once; then topics are dealt over folds and batches of 500 with shifted shares are drawn
from posts judged by a model that saw none of their topics: from forty topics, from all, and from
one source at a time, calibrated without it (within 3 points / covered / root mean square error).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.calibrate import best_threshold, calibration_error, f1
from analysis.corpus import LabelledText, read_corpus, truth
from analysis.folds import folds_of
from analysis.heed import curves_of
from analysis.linear import Rows, design, fit
from analysis.mood import MOODS
from analysis.quantify import share_of
from analysis.recipe import Recipe
from analysis.scatter import TOPICS, scatter_of, shifted
from benchmarks.moods_posts import UNSEEN

RECIPE = Recipe()
BATCHES = 200

Floats = NDArray[np.float64]


def learnt_odds(rows: Rows, labels: NDArray[np.float32], held: NDArray[np.bool_]) -> Floats:
    """Return log-odds of the held-out posts from a model that learnt from the others."""
    weights = fit(rows, labels, RECIPE.strength, np.flatnonzero(~held))
    return weights.odds(rows)[held].astype(np.float64)


def sources(posts: Sequence[LabelledText], rows: Rows, labels: NDArray[np.float32]) -> None:
    """Print F1 per mood on each held-out source at its best thresholds."""
    source = np.array([post.source for post in posts])
    held = np.isin(source, UNSEEN)
    scores = 1 / (1 + np.exp(-learnt_odds(rows, labels, held)))
    for name in (*UNSEEN, "all of them"):
        chosen = source[held] == name if name != "all of them" else np.ones(held.sum(), bool)
        found = []
        for at in range(len(MOODS)):
            of, true = scores[chosen, at], labels[held][chosen, at]
            found.append(f1(true, of >= best_threshold(of, true)))
        moods = "  ".join(f"{mood} {value:.3f}" for mood, value in zip(MOODS, found, strict=True))
        print(f"{name:32s} F1 {np.mean(found[:3]):.3f}  {moods}")


def totals(posts: Sequence[LabelledText], rows: Rows, labels: NDArray[np.float32]) -> None:
    """Print how often the share is within 3 points, and how often the interval covers."""
    folds = folds_of([post.topic for post in posts], 5)
    odds = np.zeros(labels.shape)
    for fold in np.unique(folds):
        odds[folds == fold] = learnt_odds(rows, labels, folds == fold)
    topics = np.array([post.topic for post in posts])
    shares(odds, labels, folds, topics, np.array([post.source for post in posts]))


def shares(
    odds: Floats,
    labels: NDArray[np.float32],
    folds: NDArray[np.int64],
    topics: NDArray[np.str_],
    source: NDArray[np.str_],
) -> None:
    """Print the figures of totals, from log-odds of models that saw none of the posts' topics."""
    fitted, judged = folds % 2 == 0, folds % 2 == 1
    for at, mood in enumerate(MOODS):
        scores, scatter = _calibrated(odds[:, at], labels[:, at], fitted, topics)
        known = scores, labels[:, at], (float(labels[fitted, at].mean()), scatter)
        few = _batches(*known, judged, topics, TOPICS)
        many = _batches(*known, judged, topics, 0)
        error = calibration_error(scores[judged], labels[judged, at])
        print(
            f"{mood:10s} scatter {scatter:.3f}  {TOPICS} topics: within 3 points {few[0]:.2f},"
            f" covered {few[1]:.2f}, off {few[2]:.3f}  all topics: {many[0]:.2f}, {many[1]:.2f},"
            f" {many[2]:.3f}  ECE {error:.3f}"
        )
    for name in np.unique(source):
        here = source == name
        found = []
        for at in range(len(MOODS)):
            if here.sum() < 1000 or labels[here, at].sum() < 40:
                continue
            scores, scatter = _calibrated(odds[:, at], labels[:, at], ~here, topics)
            known = scores, labels[:, at], (float(labels[~here, at].mean()), scatter)
            found.append((MOODS[at], *_batches(*known, here, topics, 0)))
        if found:
            told = "  ".join(
                f"{mood} {near:.2f}/{held:.2f}/{off:.3f}" for mood, near, held, off in found
            )
            print(f"{name[:30]:30s} {told}")


def _calibrated(
    odds: Floats, labels: NDArray[np.float32], fitted: NDArray[np.bool_], topics: NDArray[np.str_]
) -> tuple[Floats, float]:
    """Return one mood's probabilities and its scatter, both learnt from the fitted posts."""
    scores = curves_of(odds[fitted, None], labels[fitted, None]).chances(odds[:, None])[:, 0]
    one = scatter_of(scores[fitted, None], labels[fitted, None], list(topics[fitted]))
    return scores, float(one[0])


def _batches(
    scores: Floats,
    labels: NDArray[np.float32],
    known: tuple[float, float],
    judged: NDArray[np.bool_],
    topics: NDArray[np.str_],
    count: int,
) -> tuple[float, float, float]:
    """Draw batches from judged topics, ``count`` of them or all; return near, covered, error."""
    chance, names = np.random.default_rng(11), np.unique(topics[judged])
    off, covered = [], []
    for _ in range(BATCHES):
        chosen = chance.choice(names, count, replace=False) if count else names
        picked = np.flatnonzero(judged & np.isin(topics, chosen))
        posts = picked[shifted(labels[picked] > 0, chance)]
        share = share_of(scores[posts], *known)
        true = float(labels[posts].mean())
        off.append(share.share - true)
        covered.append(share.low <= true <= share.high)
    near = float((np.abs(off) <= 0.03).mean())
    return near, float(np.mean(covered)), float(np.sqrt(np.square(off).mean()))


def main() -> None:
    """Print both parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    posts = list(read_corpus(parser.parse_args().corpus))
    rows = design([post.text for post in posts], RECIPE.bits)
    labels = truth(posts)
    sources(posts, rows, labels)
    totals(posts, rows, labels)


if __name__ == "__main__":
    main()
