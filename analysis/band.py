"""The expected range of a curve, for drawing: what each bucket should hold, told from before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from analysis.baseline import HOUR, Blocks, learn, scatter
from analysis.series import Floats, Series, aware
from analysis.spike import RULES

#: The range that holds 95 of 100 quiet buckets.
LOW, HIGH = 0.025, 0.975


@dataclass(frozen=True)
class Band:
    """Ends of the expected range by bucket, shape (n,); NaN where nothing is expected yet."""

    low: Floats
    high: Floats


def band(hours: Series, name: str, start: datetime, step: timedelta, size: int) -> Band:
    """Return the expected range of ``size`` buckets of ``step`` from ``start`` on.

    By the same level, rhythm and scatter as the spikes (:mod:`analysis.baseline`): each hour is
    expected by the hours before it alone. A narrower bucket is expected its part of the hour,
    a wider one the sum.

    Args:
        hours: counts by hour aligned to the epoch, from where the topic's records begin or a
            fortnight back; NaN is unknown.
        name: of the curve, for what is nothing special on a topic without history.
        start: aware.
        step: width of a bucket to draw.
        size: how many.
    """
    if not len(hours):
        return Band(np.full(size, np.nan), np.full(size, np.nan))
    expected, spread, certain = _hourly(hours, name)
    hour = timedelta(hours=1)
    edges = (aware(start) - hours.start) / hour + step / hour * np.arange(size + 1)
    sums = np.concatenate(([0.0], np.cumsum(expected)))
    mean = np.diff(np.interp(edges, np.arange(len(sums)), sums))
    place = np.floor(edges[:-1] + 1e-9).astype(np.int64)
    inside = (place >= 0) & (edges[1:] <= len(hours) + 1e-9)
    place = np.clip(place, 0, len(hours) - 1)
    mean = np.where(inside & certain[place], mean, np.nan)
    return Band(_quantile(LOW, mean, spread[place]), _quantile(HIGH, mean, spread[place]))


def _hourly(hours: Series, name: str) -> tuple[Floats, Floats, np.ndarray]:
    """Return by hour what was expected, how it scatters, and whether there was anything known."""
    parts = np.isfinite(hours.counts).astype(np.float64)
    first = int(hours.start.timestamp() // HOUR)
    blocks = Blocks(first, HOUR, np.nan_to_num(hours.counts), parts)
    usual = learn(blocks, RULES.prior.get(name, RULES.prior["mood"]))
    doubt = 1 / np.maximum(usual.certainty, 1.0)
    spread = scatter(blocks.counts, usual.expected * parts, doubt, blocks.fade) + doubt
    return usual.expected, spread, usual.certainty > 0


def _quantile(share: float, mean: Floats, spread: Floats) -> Floats:
    """Return the smallest whole counts not passed with probability ``share``.

    Negative binomial with variance mean + spread·mean²; shape as ``mean``.
    """
    from scipy.special import nbdtrik

    shape = 1 / spread
    chance = shape / (shape + np.maximum(mean, 1e-9))
    count = np.ceil(np.nan_to_num(nbdtrik(share, shape, chance)) - 1e-6)
    return np.where(np.isfinite(mean), np.maximum(count, 0.0), np.nan)
