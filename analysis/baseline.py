"""What is usual: the level and rhythm of a curve, block by block, from its past alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.series import Floats

HOUR, DAY = 3_600.0, 86_400.0
#: The level forgets by half in a quarter of what it has seen, at least 3 h, at most 3 days:
#: before a rhythm is known it must follow the morning, later it must not follow an affair.
SHORT, LONG = 3 * HOUR, 3 * DAY
#: Rhythm and scatter forget by half in a week: about a fortnight counts, which did best on
#: public labelled series of mentions.
FORTNIGHT = 7 * DAY
#: Hours of the week forget by half in four weeks.
WEEKLY_FADE = 0.5**0.25
#: A slot of the day differs from the mean by a factor of about e^0.7: precision 1/0.7².
DAILY_DOUBT = 2.0
#: An hour of the week differs from that hour on other days by about a quarter: 1/0.25².
WEEKLY_DOUBT = 16.0
#: Scatter of an unknown topic around its level (variance = mean + scatter·mean²), and how
#: many blocks of past this is worth. One means that the morning's sixfold rise is no news
#: while the rhythm is unknown.
SCATTER, SCATTER_WEIGHT, LEAST_SCATTER = 1.0, 6.0, 0.01
#: What one block may teach: no more than this many standard deviations above the expected,
#: so that an affair does not become the new usual within hours.
CAP = 3.0
#: One block tells the scatter no more than this many standard deviations, squared.
CAP_SQUARED = 16.0
#: Rounds of learn, cap, learn again. Each uses the past alone; from the third on the level
#: under an affair of fifty times the usual moves by less than a tenth.
ROUNDS = 3


@dataclass(frozen=True)
class Blocks:
    """A curve in blocks of an hour, or of a bucket where that is wider.

    Attributes:
        first: number of the first block since the epoch.
        width: seconds.
        counts: known count, shape (blocks,).
        parts: share that was seen, in [0, 1], shape (blocks,).
    """

    first: int
    width: float
    counts: Floats
    parts: Floats

    @property
    def day(self) -> int:
        """Blocks in a day, at least one."""
        return max(1, round(DAY / self.width))

    @property
    def week(self) -> int:
        """Blocks in a week, at least one."""
        return max(1, round(7 * DAY / self.width))

    @property
    def fade(self) -> float:
        """What is left of rhythm and scatter after one block."""
        return float(0.5 ** (self.width / FORTNIGHT))


@dataclass(frozen=True)
class Usual:
    """What each block was expected to hold, known when it began; shape (blocks,).

    Attributes:
        expected: count of a fully seen block.
        certainty: posts behind the level (shape of its gamma distribution); 0 while there is
            no expectation at all.
    """

    expected: Floats
    certainty: Floats


def learn(blocks: Blocks, prior: float | None) -> Usual:
    """Say for each block what was expected before it came.

    A discounted Gamma-Poisson level (Smith and Miller 1986) times a rhythm whose slots are
    shrunk towards the day's mean, and hours of the week towards hours of the day, by what is
    known of them. Every block is capped before it teaches anything.

    Args:
        blocks: the curve.
        prior: usual count of a block of a topic never seen; None takes the first block.
    """
    seen = np.flatnonzero(blocks.parts > 0)
    begin = -1
    if prior is None:
        begin = int(seen[0]) if len(seen) else len(blocks.counts)
        prior = max(1.0, blocks.counts[begin] / blocks.parts[begin]) if len(seen) else 1.0
    kept, rhythm = blocks.counts, np.ones(len(blocks.counts))
    spread = np.full(len(kept), SCATTER)
    for turn in range(ROUNDS + 1):
        if turn:
            rhythm = _rhythm(blocks, kept, spread)
        level, certainty = _level(blocks, kept, rhythm, prior)
        if turn == ROUNDS:
            break
        mean = level * rhythm * blocks.parts
        spread = scatter(blocks.counts, mean, 1 / certainty, blocks.fade)
        around = mean + (spread + 1 / certainty) * mean * mean
        kept = np.minimum(blocks.counts, mean + CAP * np.sqrt(around) + CAP)
    certainty[: begin + 1] = 0.0
    return Usual(level * rhythm, certainty)


def scatter(counts: Floats, mean: Floats, doubt: Floats, fade: float) -> Floats:
    """Return, before each block, the variance beyond Poisson in units of the squared mean.

    A weighted moment estimate over the faded past, with each block's surprise capped; weights
    keep blocks of few posts, which cannot tell, from deciding. Shapes (blocks,).
    """
    squares = mean * mean
    off = (counts - mean) ** 2
    off = np.minimum(off, CAP_SQUARED * (mean + (SCATTER + doubt) * squares))
    weight = 1 / (1 + mean) ** 2
    top = discounted((off - mean) * weight, fade)
    base = discounted(squares * weight, fade)
    return np.maximum(LEAST_SCATTER, (SCATTER * SCATTER_WEIGHT + top) / (SCATTER_WEIGHT + base))


def discounted(values: Floats, fade: float) -> Floats:
    """Return, for each block, the faded sum of the blocks before it; shape (blocks,)."""
    return np.concatenate(([0.0], faded(values, fade)[:-1]))


def faded(values: Floats, fade: float, start: float | Floats = 0.0) -> Floats:
    """Return the sums along the first axis in which each step keeps ``fade`` of the last.

    The fades are divided out over stretches short enough for doubles; a recursive filter
    from SciPy would do the same, but takes longer to import than all of this room.
    """
    stretch = max(1, min(len(values), int(200 / max(-np.log(fade), 1e-9))))
    left = fade ** np.arange(1, stretch + 1).reshape(-1, *[1] * (values.ndim - 1))
    sums = np.empty(values.shape)
    for first in range(0, len(values), stretch):
        part = values[first : first + stretch]
        scale = left[: len(part)]
        sums[first : first + stretch] = (np.cumsum(part / scale, axis=0) + start) * scale
        start = sums[first + len(part) - 1]
    return sums


def _level(blocks: Blocks, kept: Floats, rhythm: Floats, prior: float) -> tuple[Floats, Floats]:
    """Return level and certainty before each block."""
    both = np.stack((kept, rhythm * blocks.parts))
    seen, weight = _remembered(both, blocks.width)
    return (1 + seen) / (1 / prior + weight), 1 + seen


def _remembered(values: Floats, width: float) -> Floats:
    """Return the faded sums before each block, shape as ``values`` (rows, blocks).

    Memory grows with age for the first twelve days, where the product of the fades is a
    power law and can be divided out; then it is constant.
    """
    size = values.shape[1]
    young = min(size, int(4 * LONG / width) + 1)
    half = np.clip(np.arange(young) * width / 4, SHORT, LONG)
    left = np.concatenate(([1.0], np.cumprod(0.5 ** (width / half))))
    sums = np.cumsum(values[:, :young] / np.maximum(left[:-1], 1e-300), axis=1)
    early = np.concatenate((np.zeros((len(values), 1)), sums), axis=1) * left
    if young == size:
        return np.asarray(early[:, :-1])
    fade = 0.5 ** (width / LONG)
    late = faded(values[:, young:].T * fade, fade, early[:, -1]).T
    return np.concatenate((early, late[:, :-1]), axis=1)


def _rhythm(blocks: Blocks, kept: Floats, spread: Floats) -> Floats:
    """Return the share of the mean level that each block has, by the days before it."""
    daily = _daily(blocks, kept, spread)
    total, parts = _running(kept), _running(blocks.parts)
    week = blocks.week
    if len(kept) <= week:
        return daily
    back = np.zeros(len(kept), dtype=np.int64)
    back[week - 1 :] = np.arange(len(kept) - week + 1)
    after = np.arange(1, len(kept) + 1)
    seen = parts[after] - parts[back]
    mean = (total[after] - total[back]) / np.maximum(seen, 1e-9) * daily
    good = (np.arange(len(kept)) >= week - 1) & (seen * 2 >= week)
    top, base = _told(blocks, (kept, spread, mean, good))
    top, base = _before(top, week, WEEKLY_FADE), _before(base, week, WEEKLY_FADE)
    size = len(kept)
    return np.asarray(daily * (top[:size] + WEEKLY_DOUBT) / (base[:size] + WEEKLY_DOUBT))


def _daily(blocks: Blocks, kept: Floats, spread: Floats) -> Floats:
    """Return the rhythm of the day at each block, smoothed over the blocks beside it."""
    day, size = blocks.day, len(kept)
    if day < 3 or size < day:
        return np.ones(size)
    after = np.arange(size) + day // 2 + 1
    good = (after <= size) & (after >= day)
    after = np.where(good, after, day)
    back = np.maximum(after - day, 0)
    total, parts = _running(kept), _running(blocks.parts)
    seen = parts[after] - parts[back]
    mean = (total[after] - total[back]) / np.maximum(seen, 1e-9)
    top, base = _told(blocks, (kept, spread, mean, good & (seen * 2 >= day)))
    fade = blocks.fade**day
    smooth = []
    for told in (top, base):
        held = np.concatenate(([0.0], _before(told, day, fade)))
        smooth.append(held[:size] + 2 * held[1 : size + 1] + held[2 : size + 2])
    doubt = 4 * DAILY_DOUBT
    return np.asarray((smooth[0] + doubt) / (smooth[1] + doubt))


def _told(blocks: Blocks, held: tuple[Floats, Floats, Floats, np.ndarray]) -> tuple[Floats, Floats]:
    """Return what each block tells of its slot, weighed by how surely, and the weights."""
    kept, spread, mean, good = held
    good = good & (mean > 0) & (blocks.parts > 0)
    weight = np.where(good, mean / (1 + spread * mean), 0.0)
    share = np.where(good, kept / np.maximum(mean * blocks.parts, 1e-9), 0.0)
    return weight * share, weight


def _before(told: Floats, period: int, fade: float) -> Floats:
    """Return the faded sum of what whole periods before each block told, one block further."""
    size = len(told)
    rows = -(-(size + 1) // period) + 1
    table = np.zeros(rows * period)
    table[period : period + size] = told[: rows * period - period]
    return faded(table.reshape(rows, period), fade).ravel()[: size + 1]


def _running(values: Floats) -> Floats:
    return np.concatenate(([0.0], np.cumsum(values)))
