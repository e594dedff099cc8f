"""What copies tell: whether a story is a flood, and which posts carry what a release says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.fold import sketch

#: A flood is at least so many copies, by a third as many known authors or fewer: people who
#: spread a story copy it once, a copy-paste campaign posts from the same hands.
FLOOD, HANDS = 10, 3
#: Share of a post's trigrams that must stand in the release for the post to carry it, and
#: the fewest that must: a sentence of the release, quoted with a comment of equal length.
CARRIED, FEWEST = 0.4, 10


def is_flood(known: int, authors: int) -> bool:
    """Say whether ``known`` copies by known authors, ``authors`` different ones, are a flood."""
    return known >= FLOOD and authors * HANDS <= known


def carries(texts: Sequence[str], release: str) -> NDArray[np.bool_]:
    """Say of each text whether it carries the release's content, shape (texts,)."""
    if not texts or not release.strip():
        return np.zeros(len(texts), dtype=bool)
    held = sketch([release, *texts])
    ours = np.unique(held.grams[: held.starts[1]])
    grams = held.grams[held.starts[1] :]
    inside = np.concatenate(([0], np.cumsum(np.isin(grams, ours))))
    starts = held.starts[1:] - held.starts[1]
    shared = inside[starts[1:]] - inside[starts[:-1]]
    sizes = np.diff(starts)
    return np.asarray((shared >= FEWEST) & (shared >= CARRIED * sizes))
