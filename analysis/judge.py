"""The verdict on every bucket of one curve, by its past alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.baseline import (
    CAP_SQUARED,
    LEAST_SCATTER,
    SCATTER,
    SCATTER_WEIGHT,
    Blocks,
    discounted,
    learn,
)
from analysis.rarity import tail
from analysis.series import Floats, Series
from analysis.spike import HOUR, RULES, SpikeRules, Verdicts
from analysis.surprise import calibrated

#: A bucket of more counts as this; it keeps squares finite.
MOST = 1e9


def judge(series: Series, rules: SpikeRules = RULES, prior: float | None = None) -> Verdicts:
    """Judge every bucket of one curve by its past alone.

    Args:
        series: the curve; NaN is unknown and is neither judged nor learned from.
        rules: what counts as a spike.
        prior: mentions an hour that are nothing special without history; None waits for the
            first block (an hour, or a wider bucket) and takes that.
    """
    step = series.step.total_seconds()
    first, members = _blocks(series, step)
    counts = np.clip(np.nan_to_num(series.counts), 0.0, MOST)
    known = np.isfinite(series.counts).astype(np.float64)
    usual = _usual(counts, known, members, (first, step, prior))
    looks = [_look(counts, known, usual, span) for span in spans(rules, step)]
    hour = trailing(counts, max(1, round(HOUR / step)))
    return _decide(looks, known, usual, (rules, step, hour))


@dataclass(frozen=True)
class _Learned:
    expected: Floats  # per bucket, as if fully seen
    doubt: Floats  # variance of the level in units of its square, per block
    members: np.ndarray  # first bucket of each block
    fade: float
    ready: Floats  # 1 where a block has an expectation at all


@dataclass(frozen=True)
class _Look:
    span: int
    observed: Floats
    expected: Floats
    scatter: Floats
    surprise: Floats


def _blocks(series: Series, step: float) -> tuple[int, np.ndarray]:
    """Cut the grid into hours (or buckets, if wider) aligned to the epoch."""
    width = max(HOUR, step)
    offset = series.start.timestamp() % width if step < width else 0.0
    number = ((offset + step * np.arange(len(series)) + step * 1e-6) // width).astype(np.int64)
    members = np.flatnonzero(np.diff(number, prepend=-1))
    return int(series.start.timestamp() // width), members


def _usual(
    counts: Floats, known: Floats, members: np.ndarray, how: tuple[int, float, float | None]
) -> _Learned:
    first, step, hourly = how
    width = max(HOUR, step)
    parts = np.minimum(np.add.reduceat(known, members) * step / width, 1.0)
    blocks = Blocks(first, width, np.add.reduceat(counts * known, members), parts)
    usual = learn(blocks, None if hourly is None else hourly * width / HOUR)
    sizes = np.diff(np.append(members, len(counts)))
    return _Learned(
        np.repeat(usual.expected * step / width, sizes),
        1 / np.maximum(usual.certainty, 1.0),
        members,
        blocks.fade,
        np.repeat((usual.certainty > 0).astype(np.float64), sizes),
    )


def spans(rules: SpikeRules, step: float) -> list[int]:
    """Return the widths of the windows in buckets, the bucket itself first."""
    spans = {1} | {round(window.total_seconds() / step) for window in rules.windows}
    return sorted(span for span in spans if span >= 1)


def _look(counts: Floats, known: Floats, usual: _Learned, span: int) -> _Look:
    """Look at each bucket through the window of ``span`` buckets that ends with it."""
    observed = trailing(counts * usual.ready, span)
    expected = trailing(usual.expected * known, span)
    sizes = np.diff(np.append(usual.members, len(counts)))
    scatter = _scatter(observed, expected, known, usual) + usual.doubt
    full = np.repeat(scatter, sizes)
    return _Look(span, observed, expected, full, tail(observed, expected, full))


def _scatter(observed: Floats, expected: Floats, known: Floats, usual: _Learned) -> Floats:
    """Return before each block how windows of this width scattered, as for whole blocks."""
    squares = expected * expected
    doubt = SCATTER
    off = observed - expected
    off = np.minimum(off * off, CAP_SQUARED * (expected + doubt * squares))
    weight = known / (1 + expected) ** 2
    sizes = np.diff(np.append(usual.members, len(observed)))
    top = np.add.reduceat((off - expected) * weight, usual.members) / sizes
    base = np.add.reduceat(squares * weight, usual.members) / sizes
    prior = SCATTER * SCATTER_WEIGHT + discounted(top, usual.fade)
    return np.maximum(LEAST_SCATTER, prior / (SCATTER_WEIGHT + discounted(base, usual.fade)))


def trailing(values: Floats, span: int) -> Floats:
    """Return the sums of the ``span`` buckets that end with each; shape (n,)."""
    if span == 1:
        return values
    sums = np.cumsum(values)
    sums[span:] -= sums[:-span].copy()
    return np.maximum(sums, 0.0)


def _decide(
    looks: list[_Look], known: Floats, usual: _Learned, how: tuple[SpikeRules, float, Floats]
) -> Verdicts:
    rules, step, hour = how
    seen = known * usual.ready
    best = _Best(looks[0], _gated(looks[0], rules))
    strongest = looks[0].surprise
    for look in looks[1:]:
        strongest = np.maximum(strongest, look.surprise)
        best.weigh(look, _gated(look, rules))
    strongest = strongest * seen
    rare = calibrated(strongest, seen, usual.members, usual.fade)
    # The gates may leave a lesser surprise than the strongest: its rarity shrinks with it.
    gated = rare * best.surprise / np.maximum(strongest, 1e-12) * seen
    line = -float(np.log(step / rules.recurrence.total_seconds()))
    spikes = _refractory(gated >= line, hour, rules, step)
    score = np.minimum(1 - np.exp2(rare / -line) / 2 - 0.5, 0.49)
    score[spikes] = np.maximum(1 - np.exp2(gated[spikes] / -line), 0.5)
    return Verdicts(
        np.maximum(score, 0.0) * seen,
        spikes,
        np.where(seen > 0, np.exp(-rare), np.nan),
        best.observed,
        best.expected,
        best.scatter,
        best.span,
        usual.expected,
    )


class _Best:
    """At each bucket, the look that surprises most among those beyond the gates."""

    def __init__(self, look: _Look, surprise: Floats) -> None:
        self.surprise = surprise
        self.observed, self.expected = look.observed, look.expected
        self.scatter = look.scatter
        self.span = np.full(len(surprise), look.span)

    def weigh(self, look: _Look, surprise: Floats) -> None:
        """Take ``look`` where it surprises more."""
        more = np.flatnonzero(surprise > self.surprise)
        if not len(more):
            return
        for name in ("observed", "expected", "scatter"):
            held = getattr(self, name).copy()
            held[more] = getattr(look, name)[more]
            setattr(self, name, held)
        self.span[more] = look.span
        self.surprise = np.maximum(self.surprise, surprise)


def _gated(look: _Look, rules: SpikeRules) -> Floats:
    excess = look.observed - look.expected
    return np.where(
        (excess >= rules.least) & (look.observed >= rules.lift * look.expected), look.surprise, 0.0
    )


def _refractory(beyond: np.ndarray, hour: Floats, rules: SpikeRules, step: float) -> np.ndarray:
    """Keep of the buckets beyond the rule those that tell something new.

    ``hour`` is what the hour that ends with each bucket held; it measures an escalation,
    since windows of different width are no measure of each other. The rise of the first hour
    belongs to the spike itself.
    """
    first = max(1.0, HOUR / step)
    rest = rules.refractory.total_seconds() / step
    kept = np.zeros(len(beyond), dtype=bool)
    last, peak = -rest, 0.0
    for index in np.flatnonzero(beyond).tolist():
        now = float(hour[index])
        if index - last <= first:
            peak = max(peak, now)
        elif index - last >= rest or now >= rules.again * peak:
            kept[index] = True
            last, peak = index, now
    return kept
