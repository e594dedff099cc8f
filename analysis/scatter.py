"""How much wider shares scatter on unseen topics than sampling alone would make them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.quantify import WIDTH, share_of

Floats = NDArray[np.float64]

#: Batches drawn to learn the scatter, and posts in each: what a topic gathers in a busy hour.
_BATCHES, _POSTS = 60, 500
#: Topics that make up one batch: the threads of a busy window. With a dozen, 500 posts are
#: mostly copies of a few, and what scatters is the draw.
TOPICS = 40


def stretch_of(scores: Floats, labels: NDArray[np.float32], topics: Sequence[str]) -> Floats:
    """Return per mood the factor that makes 95 % intervals cover 95 % of held-out batches."""
    chance = np.random.default_rng(7)
    names, place = np.unique(topics, return_inverse=True)
    found = np.ones(scores.shape[1])
    for mood in range(scores.shape[1]):
        misses = []
        for _ in range(_BATCHES):
            chosen = chance.choice(len(names), min(TOPICS, len(names)), replace=False)
            picked = np.flatnonzero(np.isin(place, chosen))
            batch = shifted(labels[picked, mood] > 0, chance)
            posts = picked[batch]
            share = share_of(scores[posts, mood], float(labels[:, mood].mean()), 1.0)
            error = (share.high - share.low) / 2 / WIDTH
            truth = float(labels[posts, mood].mean())
            misses.append(abs(share.share - truth) / max(error, 1e-6))
        found[mood] = max(1.0, float(np.quantile(misses, 0.95)) / WIDTH)
    return found


def shifted(carries: NDArray[np.bool_], chance: np.random.Generator) -> NDArray[np.int64]:
    """Draw a batch whose share of the mood differs from the topics' own, up to twice or half."""
    own = min(max(float(carries.mean()), 0.02), 0.6)
    share = float(np.clip(own * 2 ** chance.uniform(-1, 1), 0.01, 0.8))
    weight = np.where(
        carries, share / max(carries.sum(), 1), (1 - share) / max((~carries).sum(), 1)
    )
    return chance.choice(len(carries), _POSTS, p=weight / weight.sum())
