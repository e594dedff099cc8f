"""The verdict on every bucket of one curve, by its past alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.baseline import FORTNIGHT, LEAST_SCATTER, SCATTER, SCATTER_WEIGHT, learn
from analysis.rarity import calibrated, discounted, tail
from analysis.series import Floats, Series
from analysis.spike import HOUR, RULES, SpikeRules, Verdicts

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
    looks = [_look(counts, known, usual, span) for span in _spans(rules, step)]
    return _decide(looks, known, usual, (rules, step))


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
    sums = np.add.reduceat(counts, members)
    parts = np.minimum(np.add.reduceat(known, members) * step / width, 1.0)
    prior = None if hourly is None else hourly * width / HOUR
    usual = learn(first, sums, parts, width, prior)
    sizes = np.diff(np.append(members, len(counts)))
    ready = usual.certainty > 0
    return _Learned(
        np.repeat(usual.expected * step / width, sizes),
        1 / np.maximum(usual.certainty, 1.0),
        members,
        0.5 ** (width / FORTNIGHT),
        np.repeat(ready, sizes).astype(np.float64),
    )


def _spans(rules: SpikeRules, step: float) -> list[int]:
    spans = {1} | {round(window.total_seconds() / step) for window in rules.windows}
    return sorted(span for span in spans if span >= 1)


def _look(counts: Floats, known: Floats, usual: _Learned, span: int) -> _Look:
    """Look at each bucket through the window of ``span`` buckets that ends with it."""
    observed = _trailing(counts * usual.ready, span)
    expected = _trailing(usual.expected * known, span)
    squares = expected * expected
    sizes = np.diff(np.append(usual.members, len(counts)))
    rough = np.repeat(usual.doubt, sizes) + SCATTER
    off = np.minimum((observed - expected) ** 2, 16 * (expected + rough * squares))
    weight = known / (1 + expected) ** 2
    top = np.add.reduceat((off - expected) * weight, usual.members) / sizes
    base = np.add.reduceat(squares * weight, usual.members) / sizes
    scatter = (SCATTER * SCATTER_WEIGHT + discounted(top, usual.fade)) / (
        SCATTER_WEIGHT + discounted(base, usual.fade)
    )
    full = np.repeat(np.maximum(scatter, LEAST_SCATTER) + usual.doubt, sizes)
    surprise = tail(observed, expected, full)
    return _Look(span, observed, expected, full, surprise)


def _trailing(values: Floats, span: int) -> Floats:
    if span == 1:
        return values
    sums = np.cumsum(values)
    sums[span:] -= sums[:-span].copy()
    return np.maximum(sums, 0.0)


def _decide(
    looks: list[_Look], known: Floats, usual: _Learned, how: tuple[SpikeRules, float]
) -> Verdicts:
    rules, step = how
    seen = known * usual.ready
    passed = [_gated(look, rules) for look in looks]
    best = np.argmax(np.stack(passed), axis=0)
    strongest = np.max(np.stack([look.surprise for look in looks]), axis=0) * seen
    rare = calibrated(strongest, seen, usual.members, usual.fade)
    gated = np.max(np.stack(passed), axis=0)
    # The map from surprise to rarity is monotone, so it scales the gated one alike.
    rare_gated = np.where(strongest > 0, rare * gated / np.maximum(strongest, 1e-12), 0.0) * seen
    line = -np.log(step / rules.recurrence.total_seconds())
    score = 1 - np.exp2(-rare_gated / line)
    muted = np.minimum(1 - np.exp2(-rare / line), 1.0) / 2
    picked = _pick(looks, best)
    spikes = _refractory(rare_gated >= line, picked, rules, step)
    return Verdicts(
        np.where(spikes, np.maximum(score, 0.5), np.minimum(np.maximum(score, muted), 0.49)) * seen,
        spikes,
        np.where(seen > 0, np.exp(-rare), np.nan),
        *picked,
    )


def _gated(look: _Look, rules: SpikeRules) -> Floats:
    enough = look.observed - look.expected >= rules.least
    return look.surprise * (enough & (look.observed >= rules.lift * look.expected))


def _pick(looks: list[_Look], best: np.ndarray) -> tuple[Floats, Floats, Floats, np.ndarray]:
    """Return observed, expected, scatter and span of the best look at each bucket."""
    spans = np.array([look.span for look in looks])
    return (
        np.choose(best, [look.observed for look in looks]),
        np.choose(best, [look.expected for look in looks]),
        np.choose(best, [look.scatter for look in looks]),
        spans[best],
    )


def _refractory(
    beyond: np.ndarray,
    picked: tuple[Floats, Floats, Floats, np.ndarray],
    rules: SpikeRules,
    step: float,
) -> np.ndarray:
    """Keep of the buckets beyond the rule those that tell something new."""
    observed, _, _, span = picked
    pace = observed / span
    rest = rules.refractory.total_seconds() / step
    kept = np.zeros(len(beyond), dtype=bool)
    last, peak = -rest, 0.0
    for index in np.flatnonzero(beyond).tolist():
        if index - last < rest and pace[index] < rules.again * peak:
            peak = max(peak, float(pace[index]))
            continue
        kept[index] = True
        last, peak = index, float(pace[index])
    return kept
