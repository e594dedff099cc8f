"""How networks read annotated posts of topics whose labels they did not learn.

Run: ``python benchmarks/moods_heldout.py CORPUS_FOLDER BELIEFS.jsonl [--seeds 4]``. Three in ten of
the topics of ``train.jsonl`` judge (11,005 posts), so this tells smaller differences apart than
``dev.jsonl`` does. Unlabelled posts of these topics may be among the beliefs; beliefs of a teacher
that learnt these labels would flatter (of readings only a chunk's level comes from such a model).
Also says what the mean of all networks reads, and ``dev``.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.assemble import bare
from analysis.beliefs import read_beliefs
from analysis.corpus import LabelledText, read_corpus, truth
from analysis.mood import MOODS
from analysis.recipe import Recipe
from analysis.schooling import taught
from benchmarks.moods_unseen import ranked

SHARE = 0.3

Numbers = NDArray[np.float64]


def parted(
    posts: Sequence[LabelledText], share: float
) -> tuple[list[LabelledText], list[LabelledText]]:
    """Return posts to learn from, and those of about so great a share of topics."""
    topics, own = np.unique([post.topic for post in posts], return_inverse=True)
    judges = np.random.default_rng(3).random(len(topics))[own] < share
    learnt = [post for post, judging in zip(posts, judges, strict=True) if not judging]
    return learnt, [post for post, judging in zip(posts, judges, strict=True) if judging]


def told(name: str, sets: dict[str, tuple[Numbers, NDArray[np.float32]]]) -> None:
    """Print a line: the mean of three moods over each set."""
    figures = []
    for where, (odds, labels) in sets.items():
        found = np.array([ranked(odds[:, at], labels[:, at]) for at in range(len(MOODS))])
        f1, precision = found[:3].mean(axis=0)
        figures.append(f"{where} AP {precision:.4f} F1 {f1:.3f}, support AP {found[3, 1]:.3f}")
    print(f"{name:7s} " + "   ".join(figures), flush=True)


def main() -> None:
    """Print each network's figures, and those of their mean."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("beliefs", type=Path)
    parser.add_argument("--seeds", type=int, default=4)
    asked = parser.parse_args()
    posts, dev = (list(read_corpus(asked.corpus / f"{name}.jsonl")) for name in ("train", "dev"))
    learnt, judging = parted(posts, SHARE)
    beliefs, recipe = list(read_beliefs(asked.beliefs)), Recipe()
    texts = [*(post.text for post in learnt), *(belief.text for belief in beliefs)]
    chances = np.concatenate([truth(learnt), np.float32([one.chances for one in beliefs])])
    sets, sums = {"held out": judging, "dev": dev}, dict[str, Numbers]()
    for seed in range(asked.seeds):
        model = bare(taught(texts, chances, recipe.bits, replace(recipe.school, seed=seed)))
        odds = {name: model.odds([post.text for post in some]) for name, some in sets.items()}
        told(f"seed {seed}", {name: (odds[name], truth(some)) for name, some in sets.items()})
        sums = {name: sums.get(name, 0) + odds[name] for name in sets}
    told("mean", {name: (sums[name], truth(some)) for name, some in sets.items()})


if __name__ == "__main__":
    main()
