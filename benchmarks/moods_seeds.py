"""Teach networks that differ by chance alone, and keep the one that reads best what none learnt.

Run: ``python benchmarks/moods_seeds.py CORPUS_FOLDER BELIEFS.jsonl moods.npz``. What judges are the
readings that ``moods_readings.py`` keeps from all learning, by the average precision, mean of
anxiety, doubt and hostility; neither ``dev.jsonl`` nor the written set has a say.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from analysis.beliefs import read_beliefs
from analysis.corpus import read_corpus
from analysis.mood import MOODS
from analysis.recipe import Recipe
from analysis.train import save, train
from benchmarks.moods_posts import Corpus
from benchmarks.moods_readings import kept, key, readings
from benchmarks.moods_unseen import ranked


def main() -> None:
    """Print each network's figures; write the best."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("beliefs", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seeds", type=int, default=10)
    asked = parser.parse_args()
    rows, dev = (list(read_corpus(asked.corpus / f"{name}.jsonl")) for name in ("train", "dev"))
    beliefs, told = list(read_beliefs(asked.beliefs)), readings()
    posts = [text for text in Corpus(asked.corpus).posts() if kept(key(text)) and key(text) in told]
    truth = np.array([told[key(text)] for text in posts]) > 0.5
    best = -1.0
    for seed in range(asked.seeds):
        school = replace(Recipe().school, seed=seed)
        model = train(rows, Recipe(school=school), beliefs, dev)
        odds = model.odds(posts)
        found = [ranked(odds[:, at], np.float32(truth[:, at]))[1] for at in range(len(MOODS))]
        each = "  ".join(f"{mood} {one:.4f}" for mood, one in zip(MOODS, found, strict=True))
        three = float(np.mean(found[:3]))
        print(f"seed {seed}, {len(posts)} posts: AP {three:.4f}  {each}", flush=True)
        if three > best:
            best = three
            save(model, asked.out)


if __name__ == "__main__":
    main()
