"""What corrections bring: an affair the model never saw, corrected bit by bit, judged on its rest.

Run: ``python benchmarks/moods_corrections.py CORPUS_FOLDER [MODEL]``. A model that learnt nothing
of the sources in ``UNSEEN`` (learnt anew unless one is named) reads half of each source; the posts
it read wrongly are corrected, and the adapted model is judged on the other half, on dev, on the
written set, and by the gate with and without dev.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from analysis.adapt import adapt
from analysis.corpus import WRITTEN, LabelledText, read_corpus
from analysis.evaluate import compare, evaluate
from analysis.moods import MoodModel
from analysis.train import save, train
from benchmarks.moods_posts import UNSEEN

SIZES = (25, 50, 100, 200, 400)


def halves(
    posts: Sequence[LabelledText], source: str
) -> tuple[list[LabelledText], list[LabelledText]]:
    """Deal a source's posts into those that are read and those that judge."""
    rows = [post for post in posts if post.source == source]
    order = np.random.default_rng(1).permutation(len(rows))
    rows = [rows[at] for at in order]
    return rows[: len(rows) // 2], rows[len(rows) // 2 :][:2000]


def main() -> None:
    """Print one line for each affair and number of corrections."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("model", type=Path, nargs="?")
    given = parser.parse_args()
    posts, dev = (list(read_corpus(given.corpus / f"{name}.jsonl")) for name in ("train", "dev"))
    written = list(read_corpus(WRITTEN))
    if given.model is None:
        given.model = Path("unseen.npz")
        save(train(post for post in posts if post.source not in UNSEEN), given.model)
    model = MoodModel.load(given.model)
    for source in UNSEEN:
        read, judged = halves(posts, source)
        said = [frozenset(one.labels) for one in model.read([post.text for post in read])]
        wrong = [post for post, labels in zip(read, said, strict=True) if post.moods != labels]
        others = [post.text for post in read if post not in wrong][:2000]
        others += [post.text for post in written]
        print(f"{source}: {evaluate(model, judged).macro:.3f} as it is, {len(wrong)} read wrongly")
        for size in (size for size in SIZES if size <= len(wrong)):
            kept, learnt = wrong[:size:5], [w for at, w in enumerate(wrong[:size]) if at % 5]
            new = adapt(model, learnt, others)
            gates = [compare(new, model, rows, kept) for rows in (written, [*written, *dev])]
            print(
                f"  {size:4d} corrections: affair {evaluate(new, judged).macro:.3f}"
                f"  written {gates[0].fixed[0].macro - gates[0].fixed[1].macro:+.3f}"
                f"  written and dev {gates[1].fixed[0].macro - gates[1].fixed[1].macro:+.3f}"
                f"  accepted without dev {gates[0].accepted}, with dev {gates[1].accepted}"
            )


if __name__ == "__main__":
    main()
