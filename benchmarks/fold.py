"""Folding near-duplicates: documents a second against datasketch, and what is found.

Run: ``python benchmarks/fold.py TEXTS [--size N]``; TEXTS holds one post a line, plain or
gzipped. Every tenth post is planted again with a changed word, so that recall is known.
datasketch is compared where it is installed; it is no dependency.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from analysis.fold import SHORTEST, follow, sketch
from analysis.query import parse
from analysis.watchlist import Watchlist


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--size", type=int, default=40_000)
    given = parser.parse_args()
    opened = gzip.open if given.texts.suffix == ".gz" else open
    with opened(given.texts, "rt", encoding="utf-8") as file:
        texts = [line.strip() for line, _ in zip(file, range(given.size), strict=False)]
    folding(texts)
    topics(texts)


def folding(texts: list[str]) -> None:
    """Print the speed and recall of folding."""
    rng = np.random.default_rng(7)
    long = [place for place, text in enumerate(texts) if len(text) >= 2 * SHORTEST]
    chosen = rng.choice(long, min(len(long), len(texts) // 10), replace=False).tolist()
    planted = texts + [_changed(texts[place], rng) for place in chosen]
    print("| | documents/s of CPU time | planted copies found |\n|---|---|---|")
    rules: dict[str, Callable[[list[str]], np.ndarray]] = {"chengqing": _fold}
    if importlib.util.find_spec("datasketch"):
        rules["datasketch MinHash + LSH"] = _datasketch
    _fold(planted[:2_000])
    for name, rule in rules.items():
        began = time.process_time()
        groups = rule(planted)
        spent = time.process_time() - began
        pairs = zip(chosen, range(len(texts), len(planted)), strict=True)
        found = sum(groups[a] == groups[b] for a, b in pairs) / max(1, len(chosen))
        print(f"| {name} | {len(planted) / spent:,.0f} | {found:.1%} |")
    if len(rules) == 1:
        print("| datasketch | not installed | |")


def _fold(texts: list[str]) -> np.ndarray:
    return follow(sketch(texts), 0, {}, [0.0] * len(texts), 1.0)


def _changed(text: str, rng: np.random.Generator) -> str:
    at = int(rng.integers(0, len(text) - 2))
    return f"转：{text[:at]}某某{text[at + 2 :]}"


def _datasketch(texts: list[str]) -> np.ndarray:
    """Fold the usual way: 128 permutations, LSH at 0.6, character trigrams."""
    from datasketch import MinHash, MinHashLSH

    lsh, groups = MinHashLSH(threshold=0.6, num_perm=128), np.arange(len(texts))
    for place, text in enumerate(texts):
        minhash = MinHash(num_perm=128)
        minhash.update_batch([text[n : n + 3].encode() for n in range(max(1, len(text) - 2))])
        near = lsh.query(minhash)
        if near:
            groups[place] = groups[min(near)]
        lsh.insert(place, minhash)
    return groups


def topics(texts: list[str]) -> None:
    """Print how asking many queries costs against asking one."""
    texts = texts[:5_000]
    print("\n| topics | posts/s of CPU time |\n|---|---|")
    given = [(text, "", "", "", "") for text in texts]
    for count in (1, 10, 100, 300, 1_000):
        queries = {n: parse(f"牌子{n}号 AND 产品 OR 公司{n}") for n in range(count)}
        watch = Watchlist(queries)
        began = time.process_time()
        for first in range(0, len(given), 1_000):
            watch.sort(given[first : first + 1_000])
        print(f"| {count} | {len(texts) / (time.process_time() - began):,.0f} |")


if __name__ == "__main__":
    main()
