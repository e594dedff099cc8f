"""Spikes: the moment a mood, or all that is said, rises beyond what is usual for this topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from analysis.baseline import FORTNIGHT, LEAST_SCATTER, SCATTER, SCATTER_WEIGHT, learn
from analysis.mood import MOODS, VOLUME
from analysis.rarity import calibrated, discounted, quantile, tail
from analysis.reason import Reason
from analysis.series import Floats, MoodSeries, Series, aware

HOUR = 3_600.0
YEAR = 365.25 * 24 * HOUR


@dataclass(frozen=True)
class SpikeRules:
    """What counts as a spike; the defaults hold for every topic and series.

    Attributes:
        recurrence: a quiet curve may seem this rare once in such a time. A year makes five
            curves of one topic err about once in ten weeks, before the two gates below.
        least: posts above the expected, so that 1 → 4 stays calm; ten voices are the fewest
            that a press officer would call more than chance.
        lift: times the expected; a rise of less than double is no news, however certain.
        windows: trailing windows watched besides the bucket itself.
        refractory: after a spike, the same curve spikes again only if it passes ``again``
            times its highest since; about a day was the most consistent gain on public
            labelled series.
        again: the escalation that breaks the silence.
        prior: mentions an hour that are nothing special on a topic without history, by
            curve; ``mood`` stands for each mood. None (volume) learns from the first hour.
    """

    recurrence: timedelta = timedelta(seconds=YEAR)
    least: float = 10.0
    lift: float = 2.0
    windows: tuple[timedelta, ...] = (
        timedelta(minutes=15),
        timedelta(hours=1),
        timedelta(hours=6),
    )
    refractory: timedelta = timedelta(days=1)
    again: float = 2.0
    prior: Mapping[str, float | None] = field(default_factory=lambda: {VOLUME: None, "mood": 5.0})


RULES = SpikeRules()


@dataclass(frozen=True)
class Spike:
    """One curve, beyond the usual.

    Attributes:
        at: start of the bucket whose count decided it, aware UTC.
        mood: name of the curve, ``volume`` or a mood.
        score: in [0.5, 1]; 0.5 is just beyond the rule.
        rarity: chance of such a bucket on this curve in quiet times (p-value-like).
        observed: mentions in the window that ended with the bucket.
        expected: mentions expected in it.
        low: lower end of the range that holds 95 of 100 such windows.
        high: upper end of it.
        excess: observed − expected, in mentions.
        why: sentence for people.
        window: width of the window.
        words: telling words of the mentions behind it; the caller fills them in.
        groups: their folded groups; the caller fills them in.
    """

    at: datetime
    mood: str
    score: float
    rarity: float
    observed: float
    expected: float
    low: float
    high: float
    excess: float
    why: Reason
    window: timedelta
    words: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Verdicts:
    """The verdict on each bucket of one curve; all arrays have shape (n,).

    Attributes:
        score: in [0, 1], at least 0.5 exactly where ``spikes``.
        spikes: bool.
        rarity: p-value-like, in (0, 1]; NaN where unknown.
        observed: mentions in the deciding window.
        expected: mentions expected in it.
        scatter: of the window around the expected.
        window: buckets in the deciding window.
    """

    score: Floats
    spikes: np.ndarray
    rarity: Floats
    observed: Floats
    expected: Floats
    scatter: Floats
    window: np.ndarray


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
    counts = np.nan_to_num(np.maximum(series.counts, 0.0))
    known = np.isfinite(series.counts).astype(np.float64)
    usual = _usual(counts, known, members, (first, step, prior))
    looks = [_look(counts, known, usual, span) for span in _spans(rules, step)]
    return _decide(looks, known, usual, (rules, step))


def find_spikes(
    series: MoodSeries, rules: SpikeRules = RULES, since: datetime | None = None
) -> list[Spike]:
    """Return the spikes of all curves in order of time.

    A bucket's verdict uses no later bucket. The last bucket should be complete
    (:meth:`MoodSeries.until`); history of a fortnight and more makes the verdicts sharper.

    Args:
        series: curves of one topic.
        rules: what counts as a spike.
        since: return only spikes of buckets that start then or later.
    """
    found = []
    for name in series.curves:
        curve = series.curve(name)
        if not len(curve):
            continue
        prior = rules.prior.get(name, rules.prior.get("mood", 5.0))
        verdicts = judge(curve, rules, prior)
        found += [_spike(curve, name, verdicts, int(i)) for i in np.flatnonzero(verdicts.spikes)]
    floor = None if since is None else aware(since)
    order = {name: place for place, name in enumerate((*MOODS, VOLUME))}
    kept = [spike for spike in found if floor is None or spike.at >= floor]
    return sorted(kept, key=lambda spike: (spike.at, order.get(spike.mood, 9)))


def score_points(
    timestamps: Sequence[float] | Floats, values: Sequence[float] | Floats
) -> tuple[Floats, np.ndarray]:
    """Score a plain series by the product's own rule.

    Rows are read in order of time; the width of a bucket is the usual distance of the first
    rows; missing rows and values that are not finite are unknown, values below zero count
    as zero, and of rows with one time the first counts.

    Args:
        timestamps: epoch seconds, shape (n,).
        values: shape (n,).

    Returns:
        Scores in [0, 1] and whether it is a spike (score ≥ 0.5), both of shape (n,).
    """
    times, held = np.asarray(timestamps, np.float64), np.asarray(values, np.float64)
    if not len(times):
        return np.zeros(0), np.zeros(0, dtype=bool)
    order = np.argsort(times, kind="stable")
    ordered = times[order]
    gaps = np.diff(ordered[:101])
    gaps = gaps[gaps > 0]
    step = float(np.median(gaps)) if len(gaps) else HOUR
    where, back = np.unique(np.round((ordered - ordered[0]) / step), return_inverse=True)
    grid, size = where.astype(np.int64), int(where[-1]) + 1
    firsts = order[np.searchsorted(back, np.arange(len(where)))]
    if size > 50 * len(times) + 1_000:
        raise ValueError("时间戳的间隔相差太大，无法归入等宽的时段；请检查第一列。")
    counts = np.full(size, np.nan)
    counts[grid] = held[firsts]
    start = datetime.fromtimestamp(float(ordered[0]), UTC)
    verdicts = judge(Series(start, timedelta(seconds=step), counts))
    scores, spikes = np.zeros(len(times)), np.zeros(len(times), dtype=bool)
    scores[order] = verdicts.score[grid[back]]
    spikes[order] = verdicts.spikes[grid[back]]
    return scores, spikes


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
        np.where(spikes, np.maximum(score, 0.5), np.minimum(np.maximum(score, muted) , 0.49)) * seen,
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


def _spike(series: Series, name: str, verdicts: Verdicts, index: int) -> Spike:
    expected, scatter = float(verdicts.expected[index]), float(verdicts.scatter[index])
    observed = float(verdicts.observed[index])
    window = series.step * int(verdicts.window[index])
    low, high = quantile(0.025, expected, scatter), quantile(0.975, expected, scatter)
    why = Reason(
        f"signals.spike_{name}",
        {
            "observed": round(observed),
            "expected": round(expected, 1),
            "high": round(high),
            "minutes": round(window.total_seconds() / 60),
            "times": round(observed / max(expected, 1.0), 1),
        },
    )
    return Spike(
        series.at(index), name, float(verdicts.score[index]), float(verdicts.rarity[index]),
        observed, expected, low, high, observed - expected, why, window,
    )  # fmt: skip
