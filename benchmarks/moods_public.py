"""Train and score on any labelled split, as public emotion sets are judged.

Run: ``python benchmarks/moods_public.py TRAIN.jsonl TEST.jsonl`` with lines
``{"text", "label"}``, or one file whose lines also say ``"split"`` (train, and anything else as
the test). Files may be gzipped. Prints accuracy and macro-F1.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from analysis.linear import design, fit
from analysis.recipe import Recipe

#: The mood model's own choices; nothing is tuned on the set that is judged.
RECIPE = Recipe()

Row = tuple[str, str, str]


def read(path: Path) -> list[Row]:
    """Return text, label and split of every line."""
    content = path.read_bytes()
    whole = gzip.decompress(content) if path.suffix == ".gz" else content
    rows = [json.loads(line) for line in whole.decode("utf-8-sig").split("\n") if line.strip()]
    return [(row["text"], str(row["label"]), row.get("split", "all")) for row in rows]


def parted(paths: Sequence[Path]) -> tuple[list[Row], list[Row]]:
    """Return training and test rows; a set without a split is cut 9 to 1 by a fixed draw."""
    if len(paths) == 2:
        return read(paths[0]), read(paths[1])
    rows = read(paths[0])
    if {row[2] for row in rows} == {"all"}:
        random.Random(7).shuffle(rows)
        return rows[len(rows) // 10 :], rows[: len(rows) // 10]
    return [r for r in rows if r[2] == "train"], [r for r in rows if r[2] != "train"]


def figures(train: Sequence[Row], test: Sequence[Row]) -> tuple[float, float]:
    """Return accuracy and macro-F1 of one-against-the-rest on the project's own pieces."""
    names = sorted({label for _, label, _ in train})
    texts = [text for text, _, _ in train]
    wanted = np.array([[label == name for name in names] for _, label, _ in train], np.float32)
    learnt = design(texts, RECIPE.bits)
    weights = fit(learnt, wanted, RECIPE.strength)
    judged = design([text for text, _, _ in test], given=learnt.given)
    said = weights.odds(judged).argmax(axis=1)
    truth = np.array([names.index(label) if label in names else -1 for _, label, _ in test])
    scores = []
    for at in range(len(names)):
        right = ((said == at) & (truth == at)).sum()
        scores.append(2 * right / max((said == at).sum() + (truth == at).sum(), 1))
    return float((said == truth).mean()), float(np.mean(scores))


def main() -> None:
    """Print the figures of the files named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("test", type=Path, nargs="?")
    given = parser.parse_args()
    train, test = parted([path for path in (given.train, given.test) if path])
    if not train or not test:
        parser.error(f"{len(train)} posts to learn and {len(test)} to judge: both are needed")
    accuracy, macro = figures(train, test)
    print(f"{len(train)} to learn, {len(test)} to judge: accuracy {accuracy:.3f}, F1 {macro:.3f}")


if __name__ == "__main__":
    main()
