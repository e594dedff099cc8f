"""What one look at a curve leaves for the next, so that only new buckets must be weighed.

It changes no verdict: a bucket's verdict needs the past alone, so those of an unchanged past stand,
and all is judged again unless a bound shows that no new bucket can be a spike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from analysis.judge import spans, trailing
from analysis.series import Floats, Series
from analysis.spike import HOUR, Spike, SpikeRules, Verdicts

#: Sums of the same numbers in another order differ by less.
SLACK = 1e-6


@dataclass(frozen=True)
class _Held:
    start: datetime
    counts: Floats
    usual: Floats
    spikes: Sequence[Spike]
    last: int  # bucket of the last spike, negative without one


@dataclass
class Memory:
    """The last verdicts on the curves of one topic, by name."""

    _held: dict[str, _Held] = field(default_factory=dict)

    def keep(self, name: str, curve: Series, verdicts: Verdicts, spikes: Sequence[Spike]) -> None:
        """Remember what was judged."""
        last = int(np.flatnonzero(verdicts.spikes)[-1]) if verdicts.spikes.any() else -1
        self._held[name] = _Held(curve.start, curve.counts.copy(), verdicts.usual, spikes, last)

    def recall(self, name: str, curve: Series, rules: SpikeRules) -> Sequence[Spike] | None:
        """Return the spikes of ``curve`` where they can be told without judging it again."""
        held = self._held.get(name)
        if held is None or held.start != curve.start or len(curve) < len(held.counts):
            return None
        past = curve.counts[: len(held.counts)]
        same = (past == held.counts) | (np.isnan(past) & np.isnan(held.counts))
        fresh = len(same) if same.all() else int(np.argmin(same))
        if not fresh or held.last >= fresh or _may_spike(curve, held, fresh, rules):
            return None
        return held.spikes


def _may_spike(curve: Series, held: _Held, fresh: int, rules: SpikeRules) -> bool:
    """Say whether any bucket from ``fresh`` on may pass the gates and the silence after a spike."""
    step = curve.step.total_seconds()
    widest, per = max(spans(rules, step)), max(1, round(HOUR / step))
    begin = max(0, fresh - max(widest, per))
    counts, usual = np.nan_to_num(curve.counts[begin:]), _least(curve, held, fresh)[begin:]
    may = np.zeros(len(counts), dtype=bool)
    for span in spans(rules, step):
        observed, expected = trailing(counts, span), trailing(usual, span)
        enough = observed - expected >= rules.least - SLACK
        may |= enough & (observed >= rules.lift * expected - SLACK)
    if held.last >= 0:
        since = np.arange(begin, len(curve)) - held.last
        # The hour of a spike is the least that its silence may be broken from.
        peak = np.nansum(curve.counts[max(0, held.last - per + 1) : held.last + 1])
        again = (since > per) & (trailing(counts, per) >= rules.again * peak - SLACK)
        may &= again | (since >= rules.refractory.total_seconds() / step)
    return bool(may[fresh - begin :].any())


def _least(curve: Series, held: _Held, fresh: int) -> Floats:
    """Return the least that each bucket may be expected to hold.

    What an hour is expected to hold is known when it begins; that of later hours is not yet.
    """
    step = curve.step.total_seconds()
    hours = (curve.start.timestamp() + step * np.arange(len(curve))) // max(HOUR, step)
    known = min(fresh, len(held.usual) - 1)
    usual = np.where(hours == hours[known], held.usual[known], 0.0)
    usual[:fresh] = held.usual[:fresh]
    return np.where(np.isfinite(curve.counts), usual, 0.0)
