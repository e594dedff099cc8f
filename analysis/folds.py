"""Dealing topics over parts, so that what judges a post never learnt from its topic."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]


def folds_of(topics: Sequence[str], count: int) -> Numbers:
    """Return the fold of each post: topics dealt by size, the largest first, none split.

    Args:
        topics: of each post; one without a topic is a topic of its own.
        count: folds; fewer when there are fewer topics.
    """
    named = [topic or f"row {at}" for at, topic in enumerate(topics)]
    names, place, sizes = np.unique(named, return_inverse=True, return_counts=True)
    filled = np.zeros(min(count, len(names)))
    fold = np.zeros(len(names), np.int64)
    for topic in np.argsort(-sizes, kind="stable"):
        fold[topic] = filled.argmin()
        filled[fold[topic]] += sizes[topic]
    return fold[place]
