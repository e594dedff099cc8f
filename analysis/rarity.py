"""How rare a count is: tails of the negative binomial."""

from __future__ import annotations

import numpy as np

from analysis.series import Floats

#: Below this z the tail is so fat that a logistic curve says enough, at a tenth of the cost.
EXACT_FROM = 1.2


def tail(counts: Floats, expected: Floats, scatter: Floats) -> Floats:
    """Return −ln P(X ≥ count) for X negative binomial, shape as ``counts``.

    The variance is expected + scatter·expected². Counts need not be whole. Where the count
    is unremarkable the value is an approximation (logistic in z), exact beyond.
    """
    spread = np.sqrt(expected + scatter * expected * expected)
    z = (counts - 0.5 - expected) / np.maximum(spread, 1e-12)
    surprise = np.log1p(np.exp(np.minimum(1.702 * z, 50.0)))
    far = z > EXACT_FROM
    if far.any():
        surprise[far] = _exact(counts[far], expected[far], scatter[far])
    return surprise


def _exact(counts: Floats, expected: Floats, scatter: Floats) -> Floats:
    from scipy.special import betainc

    shape = 1 / scatter
    chance = betainc(np.maximum(counts, 1e-9), shape, expected / (expected + shape))
    with np.errstate(divide="ignore"):
        return np.asarray(np.minimum(-np.log(chance), 690.0))


def quantile(share: float, expected: float, scatter: float) -> float:
    """Return the smallest whole count that is not passed with probability ``share``."""
    from scipy.special import betainc

    if expected <= 0:
        return 0.0
    shape = 1 / scatter
    odds = expected / (expected + shape)
    low, high = -1, max(8, int(8 * expected + 8))
    while betainc(high + 1.0, shape, odds) > 1 - share:
        high *= 2
    while high - low > 1:
        middle = (low + high) // 2
        if betainc(middle + 1.0, shape, odds) > 1 - share:
            low = middle
        else:
            high = middle
    return float(high)
