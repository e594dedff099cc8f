"""How far shares of unseen topics lie off, beyond what sampling alone would make them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.quantify import WIDTH, share_of

Floats = NDArray[np.float64]

#: Batches drawn to learn the scatter of each size, and posts in each: a busy hour, a busy day.
#: Of more posts the estimate is not much surer, for topics and not posts lead it astray; learnt
#: from one size alone, intervals of others cover too often or too seldom (docs/moods.md).
_BATCHES, _SIZES = 60, (500, 2_000)
#: Topics that make up one batch: the threads of a busy window. With a dozen, 500 posts are
#: mostly copies of a few, and what scatters is the draw.
TOPICS = 40
#: Scatters tried: 0.1 points apart, up to where a share says nothing.
_STEPS = np.linspace(0.0, 0.3, 301)


def scatter_of(scores: Floats, labels: NDArray[np.float32], topics: Sequence[str]) -> Floats:
    """Return per mood the scatter that makes 95 % intervals cover 95 % of held-out batches."""
    chance = np.random.default_rng(7)
    place = np.unique(topics, return_inverse=True)[1]
    found = np.zeros(scores.shape[1])
    for mood in range(scores.shape[1]):
        known = scores[:, mood], labels[:, mood] > 0, place
        drawn = [_drawn(*known, size, chance) for size in _SIZES for _ in range(_BATCHES)]
        off, error = np.array(drawn).T
        covered = off <= WIDTH * np.hypot(error, _STEPS[:, None])
        enough = covered.mean(axis=1) >= 0.95
        found[mood] = _STEPS[int(enough.argmax())] if enough.any() else _STEPS[-1]
    return found


def _drawn(
    scores: Floats,
    carries: NDArray[np.bool_],
    place: NDArray[np.int64],
    size: int,
    chance: np.random.Generator,
) -> tuple[float, float]:
    """Return how far the share of one batch lies off, and the error that sampling explains."""
    names = int(place.max()) + 1
    chosen = chance.choice(names, min(TOPICS, names), replace=False)
    picked = np.flatnonzero(np.isin(place, chosen))
    posts = picked[shifted(carries[picked], chance, size)]
    share = share_of(scores[posts], float(carries.mean()), 0.0)
    error = max(share.high - share.share, share.share - share.low) / WIDTH
    return abs(share.share - float(carries[posts].mean())), error


def shifted(
    carries: NDArray[np.bool_], chance: np.random.Generator, size: int = 500
) -> NDArray[np.int64]:
    """Draw a batch whose share of the mood differs from the topics' own, up to twice or half."""
    own = min(max(float(carries.mean()), 0.02), 0.6)
    share = float(np.clip(own * 2 ** chance.uniform(-1, 1), 0.01, 0.8))
    weight = np.where(
        carries, share / max(carries.sum(), 1), (1 - share) / max((~carries).sum(), 1)
    )
    return chance.choice(len(carries), size, p=weight / weight.sum())
