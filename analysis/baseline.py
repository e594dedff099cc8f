"""What is usual: the level and rhythm of a curve, learned block by block from its past alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.series import Floats

DAY = 86_400.0
#: The level forgets by half in a quarter of what it has seen, at least 3 h, at most 3 days:
#: before a rhythm is known it must follow the morning, later it must not follow an affair.
MEMORY = (3 * 3_600.0, 3 * DAY)
#: Rhythm and scatter forget by half in a week: about a fortnight counts, which did best on
#: public labelled series of mentions.
FORTNIGHT = 7 * DAY
#: A slot of the day differs from the mean by a factor of about e^0.7: precision 1/0.7².
DAILY_DOUBT = 2.0
#: An hour of the week differs from that hour on other days by about a quarter: 1/0.25².
WEEKLY_DOUBT = 16.0
#: Scatter of an unknown topic around its level (variance = mean + scatter·mean²). One means
#: that the morning's sixfold rise is no news while the rhythm is unknown.
SCATTER, SCATTER_WEIGHT, LEAST_SCATTER = 1.0, 6.0, 0.01
#: What one block may teach: no more than this many standard deviations above the expected,
#: so that an affair does not become the new usual within hours.
CAP = 3.0


@dataclass(frozen=True)
class Usual:
    """What each block was expected to hold, known when it began. All have shape (blocks,).

    Attributes:
        expected: count of a fully seen block.
        certainty: posts behind the level (shape of its gamma distribution).
    """

    expected: Floats
    certainty: Floats


class Learner:
    """A discounted Gamma-Poisson level with daily and weekly rhythm, one block at a time.

    The level is the conjugate filter of Smith and Miller (1986); rhythm slots are shrunk
    towards the day's mean, hours of the week towards hours of the day, by what is known of
    them. Each block is capped before it teaches anything.
    """

    def __init__(self, width: float, prior: float | None) -> None:
        self.width = width
        self.day = max(1, round(DAY / width))
        self.week = max(1, round(7 * DAY / width))
        self.shape = 1.0
        self.prior = prior
        self.seen = self.weight = self.age = 0.0
        self.scatter_sum, self.scatter_known = SCATTER * SCATTER_WEIGHT, SCATTER_WEIGHT
        self.slot_sum, self.slot_known = [0.0] * self.day, [0.0] * self.day
        self.week_sum, self.week_known = [0.0] * self.week, [0.0] * self.week
        self.kept: list[float] = []
        self.total, self.parts = [0.0], [0.0]
        self.fade = 0.5 ** (width / FORTNIGHT)

    def rhythm(self, index: int) -> float:
        """Return the share of the mean level that block ``index`` (from the epoch) has."""
        daily = self.daily(index % self.day)
        slot = index % self.week
        if not self.week_known[slot]:
            return daily
        known = self.week_known[slot] + WEEKLY_DOUBT
        return daily * (self.week_sum[slot] + WEEKLY_DOUBT) / known

    def daily(self, slot: int) -> float:
        """Return the rhythm of a slot of the day, smoothed over its neighbours."""
        sums, known, after = self.slot_sum, self.slot_known, (slot + 1) % self.day
        top = sums[slot - 1] + 2 * sums[slot] + sums[after]
        base = known[slot - 1] + 2 * known[slot] + known[after]
        return (top + 4 * DAILY_DOUBT) / (base + 4 * DAILY_DOUBT)

    @property
    def scatter(self) -> float:
        """Variance of a block beyond Poisson, in units of its squared mean."""
        return max(LEAST_SCATTER, self.scatter_sum / self.scatter_known)

    def level(self) -> float:
        """Return the expected count of an average block."""
        if self.prior is None:
            return self.seen / self.weight if self.weight else 0.0
        return (self.shape + self.seen) / (self.shape / self.prior + self.weight)

    def observe(self, index: int, count: float, part: float, rhythm: float) -> None:
        """Learn from block ``index``, of which ``part`` in [0, 1] was seen."""
        if part > 0:
            if self.prior is None and not self.weight:
                self.prior = max(1.0, count / part)
            kept = self._capped(count, self.level() * rhythm * part)
            fade = self._memory()
            self.seen = (self.seen + kept) * fade
            self.weight = (self.weight + rhythm * part) * fade
        else:
            kept = 0.0
        self.age += self.width
        self.kept.append(kept)
        self.total.append(self.total[-1] + kept)
        self.parts.append(self.parts[-1] + part)
        self._learn_day(index)
        self._learn_week(index, kept, part)

    def _memory(self) -> float:
        half = min(max(self.age / 4, MEMORY[0]), MEMORY[1])
        return float(0.5 ** (self.width / half))

    def _capped(self, count: float, mean: float) -> float:
        spread = mean + (self.scatter + 1 / (self.shape + self.seen)) * mean * mean
        off = min((count - mean) ** 2, 16 * spread)
        weight = 1 / (1 + mean) ** 2
        self.scatter_sum = self.scatter_sum * self.fade + (off - mean) * weight
        self.scatter_known = self.scatter_known * self.fade + mean * mean * weight
        # The prior never fades, so that a silent fortnight is not taken for certainty.
        self.scatter_sum += SCATTER * SCATTER_WEIGHT * (1 - self.fade)
        self.scatter_known += SCATTER_WEIGHT * (1 - self.fade)
        return float(min(count, mean + CAP * spread**0.5 + CAP))

    def _learn_day(self, index: int) -> None:
        """Place the block half a day ago within the day around it, which is now complete."""
        behind = len(self.kept) - 1 - self.day // 2
        if len(self.kept) < self.day or behind < 0 or self.day == 1:
            return
        parts = self.parts[-1] - self.parts[-1 - self.day]
        mine = self.parts[behind + 1] - self.parts[behind]
        mean = (self.total[-1] - self.total[-1 - self.day]) / parts if parts > 0 else 0.0
        if mean <= 0 or mine <= 0 or parts * 2 < self.day:
            return
        weight = mean / (1 + self.scatter * mean)
        slot, fade = (index - self.day // 2) % self.day, self.fade**self.day
        self.slot_sum[slot] = self.slot_sum[slot] * fade + weight * self.kept[behind] / mean / mine
        self.slot_known[slot] = self.slot_known[slot] * fade + weight

    def _learn_week(self, index: int, kept: float, part: float) -> None:
        """Place this block within the week that ends with it, beside the rhythm of its day."""
        parts = self.parts[-1] - self.parts[max(0, len(self.parts) - 1 - self.week)]
        if len(self.kept) < self.week or part <= 0 or parts * 2 < self.week:
            return
        mean = (self.total[-1] - self.total[-1 - self.week]) / parts * self.daily(index % self.day)
        if mean <= 0:
            return
        weight = mean / (1 + self.scatter * mean)
        slot, fade = index % self.week, 0.5**0.25
        self.week_sum[slot] = self.week_sum[slot] * fade + weight * kept / mean / part
        self.week_known[slot] = self.week_known[slot] * fade + weight


def learn(first: int, counts: Floats, parts: Floats, width: float, prior: float | None) -> Usual:
    """Learn along the blocks and say, for each, what was expected before it came.

    Args:
        first: number of the first block since the epoch.
        counts: known count of each block, shape (blocks,).
        parts: share of each block that was seen, in [0, 1], shape (blocks,).
        width: of a block, in seconds.
        prior: usual count of a block of a topic never seen; None learns it from the first
            block, which then has no expectation (0 with certainty 0).
    """
    learner = Learner(width, prior)
    expected, certainty = [], []
    for number, (count, part) in enumerate(zip(counts.tolist(), parts.tolist(), strict=True)):
        rhythm = learner.rhythm(first + number)
        expected.append(learner.level() * rhythm)
        certainty.append(0.0 if learner.prior is None else learner.shape + learner.seen)
        learner.observe(first + number, count, part, rhythm)
    return Usual(np.array(expected), np.array(certainty))
