"""How rare a count is, corrected by how surprising the past was."""

from __future__ import annotations

import numpy as np

from analysis.baseline import discounted
from analysis.series import Floats

#: Surprise (−ln p) from which on the tail of the past is watched: one bucket in ten.
TAIL = float(np.log(10))
#: Before there is a past: exceedances per bucket over all windows together, the mean excess
#: of surprise, and how many blocks of past these two are worth.
USUAL_SHARE, USUAL_EXCESS, PRIOR_BLOCKS, PRIOR_EXCEEDANCES = 0.12, 1.15, 48.0, 8.0
#: One bucket tells the tail no more than this, and one that no quiet curve would show in
#: years tells it nothing: it belongs to an affair, and the alarm must stay awake after one.
MOST_EXCESS, AFFAIR = 5.0, 16.0
#: A past calmer than the model makes the present rarer by no more than this.
LEAST_EXCESS = 0.7


def calibrated(surprise: Floats, known: Floats, firsts: np.ndarray, fade: float) -> Floats:
    """Correct surprises (−ln p) by the exceedances of the blocks before; shape (buckets,).

    Peaks over threshold with exponential excess: of the faded past, the share of buckets
    beyond :data:`TAIL` and their mean excess replace what the model takes for granted. A
    past more restless than the model thinks makes the present less rare.

    Args:
        surprise: largest over the windows, shape (buckets,).
        known: 1 where the bucket was seen, else 0, shape (buckets,).
        firsts: index of the first bucket of each block, shape (blocks,).
        fade: what is left of the past after one block.
    """
    beyond = (surprise > TAIL) & (surprise < AFFAIR) & (known > 0)
    excess = np.where(beyond, np.minimum(surprise - TAIL, MOST_EXCESS), 0.0)
    sizes = np.diff(np.append(firsts, len(surprise)))
    weigh = np.maximum(sizes, 1)
    hits = discounted(np.add.reduceat(beyond.astype(np.float64), firsts) / weigh, fade)
    seen = discounted(np.add.reduceat(known, firsts) / weigh, fade)
    sums = discounted(np.add.reduceat(excess, firsts) / weigh, fade)
    share = (USUAL_SHARE * PRIOR_BLOCKS + hits) / (PRIOR_BLOCKS + seen)
    mean = (USUAL_EXCESS * PRIOR_EXCEEDANCES + sums) / (PRIOR_EXCEEDANCES + hits)
    share, mean = np.repeat(share, sizes), np.repeat(np.maximum(mean, LEAST_EXCESS), sizes)
    return _mapped(surprise, share, mean)


def _mapped(surprise: Floats, share: Floats, mean: Floats) -> Floats:
    near = np.expm1(-np.minimum(surprise, TAIL)) / np.expm1(-TAIL)
    below = -np.log1p(-(1 - share) * near)
    above = -np.log(share) + (surprise - TAIL) / mean
    return np.asarray(np.where(surprise > TAIL, above, below))
