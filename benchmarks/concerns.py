"""Concerns against plain TF-IDF + KMeans: coherence of their words, and what each reads like.

Run: ``python benchmarks/concerns.py STREAM… [--read]``. Coherence is the mean normalised
pointwise mutual information of the five first words of a cluster over all texts of the stream
(Bouma 2009; −1 never together, 1 always), clusters weighed by size.
"""

from __future__ import annotations

import argparse
import json
import time
from datetime import datetime
from itertools import combinations
from math import log
from pathlib import Path

import numpy as np

from analysis.bags import bags, cut
from analysis.concerns import ConcernItem, cluster
from analysis.moods import MoodModel
from analysis.sentences import own_words

CLUSTERS, MOST = 8, 3_000
Found = list[tuple[int, list[str], str]]


def main() -> None:
    """Print one row a stream; with ``--read`` the five largest of each kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("streams", nargs="+", type=Path)
    parser.add_argument("--read", action="store_true")
    given = parser.parse_args()
    model = MoodModel.load()
    print("| stream | posts | chengqing: coherence, s | TF-IDF + KMeans: coherence, s |")
    print("|---|---|---|---|")
    for path in given.streams:
        texts, items = _items(path, model)
        together = [set(cut(text)) for text in texts]
        cells, kinds = [], []
        for rule in (_ours, _kmeans):
            began = time.process_time()
            found = rule(items)
            spent = time.process_time() - began
            cells.append(f"{_coherence(found, together):.2f}, {spent:.1f}")
            kinds.append(found)
        print(f"| {path.stem} | {len(items)} | " + " | ".join(cells) + " |")
        for found in kinds if given.read else ():
            print("\n".join(f"    {size} {said} ({' '.join(w)})" for size, w, said in found[:5]))
            print()


def _items(path: Path, model: MoodModel) -> tuple[list[str], list[ConcernItem]]:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    rows = [row for row in rows if row.get("time")]
    texts = [row["text"] for row in rows]
    items = [
        ConcernItem(row["id"], row["text"], datetime.fromisoformat(row["time"]), 1, *probable[:3])
        for row, probable in zip(rows, model.score(texts).tolist(), strict=True)
        if max(probable[:2]) >= 0.4
    ]
    return [own_words(text) for text in texts], items[:MOST]


def _ours(items: list[ConcernItem]) -> Found:
    return [(c.size, list(c.words[:5]), c.question) for c in cluster(items, CLUSTERS)]


def _kmeans(items: list[ConcernItem]) -> Found:
    from sklearn.cluster import KMeans

    texts = [own_words(item.text) for item in items]
    held = bags(texts)
    table = held.table.toarray()
    model = KMeans(CLUSTERS, n_init=3, random_state=0).fit(table)
    found = []
    for number, centre in enumerate(model.cluster_centers_):
        members = np.flatnonzero(model.labels_ == number)
        words = [held.words[place] for place in np.argsort(-centre)[:5]]
        nearest = members[int(np.argmax(table[members] @ centre))]
        found.append((len(members), words, texts[nearest][:40]))
    return sorted(found, key=lambda cluster: -cluster[0])


def _coherence(found: Found, together: list[set[str]]) -> float:
    scores, weights = [], []
    for size, words, _ in found:
        pairs = [_npmi(a, b, together) for a, b in combinations(words, 2)]
        if pairs:
            scores.append(float(np.mean(pairs)))
            weights.append(size)
    return float(np.average(scores, weights=weights)) if scores else 0.0


def _npmi(one: str, other: str, together: list[set[str]]) -> float:
    total = len(together)
    a = sum(one in words for words in together)
    b = sum(other in words for words in together)
    both = sum(one in words and other in words for words in together)
    if not both:
        return -1.0
    return log(both * total / (a * b)) / -log(both / total) if both < total else 1.0


if __name__ == "__main__":
    main()
