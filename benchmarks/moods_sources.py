"""How the model meets affairs it never saw, and whether its totals are right there.

Run: ``python benchmarks/moods_sources.py TRAIN.jsonl``. First every source named in ``RECENT`` is
held out at once; then topics are dealt over folds and batches of 500 with shifted shares are drawn
from posts judged by a model that saw none of their topics.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.calibrate import best_threshold, calibration_error, f1, platt
from analysis.corpus import LabelledText, read_corpus, truth
from analysis.linear import Rows, design, fit
from analysis.mood import MOODS
from analysis.quantify import share_of
from analysis.scatter import shifted, stretch_of
from analysis.train import Recipe, folds_of

RECENT = ("Jiang Ping 2024", "Zhai Tianlin 2019-21", "COVID rumour comments 2020-21")
RECENT += ("BDCI car forum 2018", "Fukushima water 2021")
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
    held = np.isin(source, RECENT)
    scores = 1 / (1 + np.exp(-learnt_odds(rows, labels, held)))
    for name in (*RECENT, "all of them"):
        chosen = source[held] == name if name != "all of them" else np.ones(held.sum(), bool)
        found = []
        for at in range(len(MOODS)):
            of, true = scores[chosen, at], labels[held][chosen, at]
            found.append(f1(true, of >= best_threshold(of, true)))
        moods = "  ".join(f"{mood} {value:.3f}" for mood, value in zip(MOODS, found, strict=True))
        print(f"{name:32s} F1 {np.mean(found[:3]):.3f}  {moods}")


def totals(posts: Sequence[LabelledText], rows: Rows, labels: NDArray[np.float32]) -> None:
    """Print how often the share is within 3 points, and how often the interval covers."""
    folds = folds_of(posts, 5)
    odds = np.zeros(labels.shape)
    for fold in np.unique(folds):
        odds[folds == fold] = learnt_odds(rows, labels, folds == fold)
    fitted, judged = folds % 2 == 0, folds % 2 == 1
    topics = np.array([post.topic for post in posts])
    scores = np.zeros(labels.shape)
    for at in range(len(MOODS)):
        slope, shift = platt(odds[fitted, at], labels[fitted, at].astype(float))
        scores[:, at] = 1 / (1 + np.exp(-(odds[:, at] * slope + shift)))
    stretch = stretch_of(scores[fitted], labels[fitted], list(topics[fitted]))
    for at, mood in enumerate(MOODS):
        near, covered = _batches(scores, labels, topics, judged, (at, float(stretch[at]), fitted))
        error = calibration_error(scores[judged, at], labels[judged, at])
        print(f"{mood:10s} within 3 points {near:.2f}  covered {covered:.2f}  ECE {error:.3f}")


def _batches(
    scores: Floats,
    labels: NDArray[np.float32],
    topics: NDArray[np.str_],
    judged: NDArray[np.bool_],
    mood: tuple[int, float, NDArray[np.bool_]],
) -> tuple[float, float]:
    """Draw batches from judged topics; return how many are near and how many covered."""
    at, stretch, fitted = mood
    chance, names = np.random.default_rng(11), np.unique(topics[judged])
    near, covered = [], []
    for _ in range(BATCHES):
        chosen = chance.choice(names, 12, replace=False)
        picked = np.flatnonzero(judged & np.isin(topics, chosen))
        posts = picked[shifted(labels[picked, at] > 0, chance)]
        share = share_of(scores[posts, at], float(labels[fitted, at].mean()), stretch)
        true = float(labels[posts, at].mean())
        near.append(abs(share.share - true) <= 0.03)
        covered.append(share.low <= true <= share.high)
    return float(np.mean(near)), float(np.mean(covered))


def main() -> None:
    """Print both parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    posts = list(read_corpus(parser.parse_args().corpus))
    rows = design([post.text for post in posts], RECIPE.pieces, RECIPE.bits)
    labels = truth(posts)
    sources(posts, rows, labels)
    totals(posts, rows, labels)


if __name__ == "__main__":
    main()
