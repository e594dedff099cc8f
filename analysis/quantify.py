"""How much of a batch carries each mood: the share itself, not the count of labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.mood import MOODS, Mood
from analysis.moods import MoodModel

Floats = NDArray[np.float64]

#: Half-width of a 95 % interval in standard errors.
WIDTH = 1.96
#: How many posts the share known from training counts as. The likelihood takes the posts of an
#: affair for more unlike each other than they are; of 8 to 150, 50 errs least on held-out topics
#: and less than 8 on whole affairs. The price: a batch of half hostile posts is read as 6 points
#: fewer (docs/moods.md).
PRIOR = 50.0
#: Shares tried: 0.1 % apart, finer than any batch can tell.
_GRID = np.linspace(0.0, 1.0, 1001)


@dataclass(frozen=True)
class Share:
    """The share of a batch that carries a mood, in [0, 1], with its 95 % interval."""

    share: float
    low: float
    high: float


def estimate(scores: Floats, model: MoodModel) -> Mapping[Mood, Share]:
    """Return each mood's share in a batch of scored posts.

    The share is the most likely one when the posts of each kind look as they did in training
    but their mix may differ (Saerens, Latinne and Decaestecker 2002), held gently at the share
    known from training. An empty batch gives the whole range.

    Args:
        scores: (posts, 4) as ``MoodModel.score`` returns them.
        model: the model that made them.
    """
    return {
        mood: share_of(scores[:, at], model.prevalence[at], model.scatter[at])
        for at, mood in enumerate(MOODS)
    }


def share_of(scores: Floats, prevalence: float, scatter: float) -> Share:
    """Return the share of one mood.

    Args:
        scores: (posts,) probabilities calibrated where ``prevalence`` holds.
        prevalence: the mood's share where the scores were calibrated.
        scatter: standard deviation by which unseen topics lead the estimate astray, however many
            their posts (``analysis.scatter``).
    """
    if not len(scores):
        return Share(prevalence, 0.0, 1.0)
    ratio = likelihood_ratio(scores, prevalence)
    likely = _log_likelihood(ratio)
    free = float(_GRID[int(likely.argmax())])
    # A Beta prior; it also keeps tiny batches near what is usual.
    likely += PRIOR * prevalence * np.log(_GRID + 1e-6)
    likely += PRIOR * (1 - prevalence) * np.log(1 - _GRID + 1e-6)
    share = float(_GRID[int(likely.argmax())])
    # Where the posts alone say otherwise, either may be right: the interval reaches for both.
    parts = _standard_error(ratio, share), (free - share) / WIDTH, scatter
    error = float(np.sqrt(np.square(parts).sum()))
    return Share(share, max(0.0, share - WIDTH * error), min(1.0, share + WIDTH * error))


def likelihood_ratio(scores: Floats, prevalence: float) -> Floats:
    """Return how many times likelier each post is among those with the mood than without."""
    held = np.clip(scores, 1e-4, 1 - 1e-4)
    prevalence = min(max(prevalence, 1e-4), 1 - 1e-4)
    ratio: Floats = held / (1 - held) * (1 - prevalence) / prevalence
    return ratio


def _log_likelihood(ratio: Floats) -> Floats:
    """Return the log-likelihood of every share of the grid.

    Ratios are told apart to 1 %, so time and memory do not grow with the posts.
    """
    steps, counts = np.unique(np.round(np.log(ratio) * 100), return_counts=True)
    spread = np.log1p(_GRID[:, None] * (np.exp(steps / 100) - 1)[None, :] + 1e-12)
    total: Floats = spread @ counts
    return total


def _standard_error(ratio: Floats, share: float) -> float:
    """Return the sampling error of the share from the observed information."""
    inside = min(max(share, 0.005), 0.995)
    slope = (ratio - 1) / (1 + inside * (ratio - 1))
    return float(1 / np.sqrt(np.square(slope).sum() + 1.0))
