"""Where an affair stands: 潜伏 爆发 蔓延 反复 消退, by a small machine that does not flap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np

from analysis.mood import VOLUME
from analysis.reason import Reason
from analysis.series import Floats, MoodSeries, aware
from analysis.spikes import Spike

HOUR = timedelta(hours=1)
#: Hours before an affair that show what is usual: a fortnight.
PAST = 336


class Stage(StrEnum):
    """The five stages of a crisis, in Chinese crisis practice."""

    LATENT = "latent"
    OUTBREAK = "outbreak"
    SPREAD = "spread"
    RELAPSE = "relapse"
    DECLINE = "decline"


@dataclass(frozen=True)
class StageRules:
    """Where one stage ends and the next begins; heat is mentions an hour above the usual.

    Attributes:
        outbreak: heat from which on an affair is no longer latent: a post every two minutes.
        settle: hours without a new peak after which an outbreak has become spread.
        fallen: share of the peak (means of ``slow`` hours) below which it declines.
        risen: share of the peak at which a declining affair is back; far above ``fallen``.
        least: heat below which a rise is no relapse.
        again: times the former peak that make a spreading affair break out anew.
        dwell: hours a stage lasts at least, save when it gets worse.
        slow: hours over which decline is judged.
        lost: share of deleted mentions from which on a fall is not called calm.
        zone: where those who write live, for the rhythm of the day.
    """

    outbreak: float = 30.0
    settle: int = 4
    fallen: float = 0.2
    risen: float = 0.5
    least: float = 10.0
    again: float = 1.5
    dwell: int = 3
    slow: int = 6
    lost: float = 0.2
    zone: str = "Asia/Shanghai"


RULES = StageRules()
#: Why a stage stays although little is said: much of it was deleted.
LOST = "signals.stage_lost"

#: How much people write in each local hour, as a share of the day's mean: nearly nothing at
#: four, most before noon and before bed. A rough curve of what any network shows, so that a
#: night is not taken for an end; the topic's own rhythm is too noisy within one affair.
MORNING = [0.9, 0.55, 0.35, 0.25, 0.2, 0.25, 0.4, 0.65, 0.95, 1.15, 1.25, 1.2]
EVENING = [1.2, 1.2, 1.15, 1.15, 1.15, 1.1, 1.1, 1.15, 1.3, 1.45, 1.5, 1.3]
DAY = np.array([*MORNING, *EVENING])


@dataclass(frozen=True)
class StageState:
    """A stage, since when, and why.

    Attributes:
        stage: the stage.
        at: when it began, aware UTC.
        why: sentence for people.
    """

    stage: Stage
    at: datetime
    why: Reason


@dataclass(frozen=True)
class _Heat:
    """Heat in the hours that end at ``now``, the newest last, and what was counted in them."""

    hours: Floats
    counts: Floats
    now: datetime
    rules: StageRules

    @property
    def fast(self) -> float:
        return float(np.nan_to_num(self.hours[-1])) if len(self.hours) else 0.0

    @property
    def slow(self) -> float:
        return _mean(self.hours[-self.rules.slow :])

    def since(self, at: datetime) -> Floats:
        """Return the hours that ended after ``at``."""
        return self.hours[max(0, len(self.hours) - max(1, -((at - self.now) // HOUR))) :]

    def peak(self, at: datetime) -> float:
        """Return the hottest hour since ``at``."""
        return float(np.nan_to_num(self.since(at)).max(initial=0.0))

    def told(self, at: datetime) -> tuple[float, float]:
        """Return the mentions of the last hour, and of the hottest hour since ``at``."""
        heat = np.nan_to_num(self.since(at))
        counts = np.nan_to_num(self.counts)[len(self.counts) - len(heat) :]
        return (float(counts[-1]), float(counts[np.argmax(heat)])) if len(heat) else (0.0, 0.0)

    def slow_peak(self, at: datetime) -> float:
        """Return the highest mean over ``slow`` hours since ``at``."""
        held = self.since(at)
        width = min(self.rules.slow, len(held))
        seen = np.convolve(np.isfinite(held), np.ones(width), "valid") if width else np.zeros(0)
        sums = np.convolve(np.nan_to_num(held), np.ones(width), "valid") if width else seen
        return float((sums / np.maximum(seen, 1)).max(initial=0.0))

    def quiet_hours(self, at: datetime) -> int:
        """Return the hours seen since the hottest hour since ``at``."""
        held = self.since(at)
        hottest = int(np.argmax(np.nan_to_num(held))) if len(held) else 0
        return int(np.isfinite(held[hottest + 1 :]).sum())


def advance(
    current: StageState | None,
    series: MoodSeries,
    spikes: Sequence[Spike],
    now: datetime,
    rules: StageRules = RULES,
    *,
    lost: float = 0.0,
) -> StageState:
    """Return the stage of an affair at ``now``: ``current`` itself unless it changed.

    Args:
        current: the last answer, None for a new affair.
        series: curves of the topic, with some days of its past if there are any.
        spikes: all spikes of the affair so far.
        now: aware.
        rules: the thresholds.
        lost: share of the affair's mentions found deleted; such a fall is not calm.
    """
    now = min(aware(now), series.end) if len(series) else aware(now)
    opened = min((spike.at for spike in spikes), default=now)
    heat = _Heat(*_heat(series, opened, now, rules), now, rules)
    if current is None:
        return _first(heat, opened, now)
    if is_blind(series, now):
        return current
    moved = _MOVES[current.stage](current, heat, spikes)
    if moved is None:
        return current
    stage, why = moved
    if stage is Stage.DECLINE and lost >= rules.lost:
        values = {**why.values, "lost": round(100 * lost)}
        again = current.why.key == LOST
        return current if again else StageState(current.stage, current.at, Reason(LOST, values))
    return StageState(stage, now, why)


Move = tuple[Stage, Reason] | None


def _first(heat: _Heat, opened: datetime, now: datetime) -> StageState:
    values = _values(heat, opened)
    if heat.peak(opened - HOUR) >= heat.rules.outbreak:
        return StageState(Stage.OUTBREAK, now, Reason("signals.stage_outbreak_first", values))
    return StageState(Stage.LATENT, now, Reason("signals.stage_latent", values))


def _from_latent(current: StageState, heat: _Heat, spikes: Sequence[Spike]) -> Move:
    if heat.fast >= heat.rules.outbreak:
        return Stage.OUTBREAK, Reason("signals.stage_outbreak", _values(heat, current.at))
    return _declined(current, heat, current.at)


def _from_outbreak(current: StageState, heat: _Heat, spikes: Sequence[Spike]) -> Move:
    opened = min((spike.at for spike in spikes), default=current.at)
    quiet = heat.quiet_hours(opened)
    lively = heat.fast >= heat.rules.fallen * heat.peak(opened - HOUR)
    if quiet >= heat.rules.settle and lively and _stayed(current, heat):
        values = _values(heat, opened) | {"hours": quiet}
        return Stage.SPREAD, Reason("signals.stage_spread", values)
    return _declined(current, heat, opened)


def _from_spread(current: StageState, heat: _Heat, spikes: Sequence[Spike]) -> Move:
    opened = min((spike.at for spike in spikes), default=current.at)
    before = heat.peak(opened) if heat.now <= current.at else _peak_before(heat, opened, current.at)
    if heat.fast >= max(heat.rules.again * before, heat.rules.outbreak):
        return Stage.OUTBREAK, Reason("signals.stage_outbreak_again", _values(heat, opened))
    return _declined(current, heat, opened)


def _from_decline(current: StageState, heat: _Heat, spikes: Sequence[Spike]) -> Move:
    opened = min((spike.at for spike in spikes), default=current.at)
    fresh = [spike for spike in spikes if spike.at >= current.at]
    if fresh:
        why = Reason("signals.stage_relapse_spike", _values(heat, opened) | {"mood": fresh[0].mood})
        return Stage.RELAPSE, why
    line = max(heat.rules.least, heat.rules.risen * _peak_before(heat, opened, current.at))
    if heat.fast >= line:
        return Stage.RELAPSE, Reason("signals.stage_relapse", _values(heat, opened))
    return None


def _from_relapse(current: StageState, heat: _Heat, spikes: Sequence[Spike]) -> Move:
    return _declined(current, heat, current.at)


_MOVES = {
    Stage.LATENT: _from_latent,
    Stage.OUTBREAK: _from_outbreak,
    Stage.SPREAD: _from_spread,
    Stage.DECLINE: _from_decline,
    Stage.RELAPSE: _from_relapse,
}


def _declined(current: StageState, heat: _Heat, since: datetime) -> Move:
    peak = heat.slow_peak(since)
    low = heat.slow <= heat.rules.fallen * peak and heat.fast <= 2 * heat.rules.fallen * peak
    if low and _stayed(current, heat) and heat.now - current.at >= heat.rules.slow * HOUR:
        return Stage.DECLINE, Reason("signals.stage_decline", _values(heat, since))
    return None


def _stayed(current: StageState, heat: _Heat) -> bool:
    return heat.now - current.at >= heat.rules.dwell * HOUR


def _peak_before(heat: _Heat, opened: datetime, at: datetime) -> float:
    held = heat.since(opened - HOUR)
    recent = len(heat.since(at))
    return float(np.nan_to_num(held[: max(0, len(held) - recent)]).max(initial=0.0))


def _values(heat: _Heat, since: datetime) -> dict[str, object]:
    peak = heat.peak(since - HOUR)
    share = round(100 * heat.slow / peak) if peak > 0 else 0
    last, most = heat.told(since - HOUR)
    return {"now": round(last), "peak": round(most), "share": share}


def is_blind(series: MoodSeries, now: datetime) -> bool:
    """Say whether less than half of the last hour was seen."""
    held = series.until(now).curve(VOLUME).counts
    per = max(1, round(HOUR / series.step))
    return len(held) > 0 and bool(np.isfinite(held[-per:]).mean() < 0.5)


def _heat(
    series: MoodSeries, opened: datetime, now: datetime, rules: StageRules
) -> tuple[Floats, Floats]:
    """Return mentions an hour above the usual, less the day's rhythm, and as counted.

    By hours that end at ``now``. The usual is the median hour of the fortnight before the affair;
    without a past it is 0. An hour of which less than half was seen is NaN.
    """
    held = series.until(now).curve(VOLUME)
    per = max(1, round(HOUR / series.step))
    scale = per * (series.step / HOUR)
    past_from = max(0, held.index(opened - timedelta(hours=PAST)))
    counts = held.counts[past_from:]
    size = -(-len(counts) // per)
    if not size:
        return np.zeros(0), np.zeros(0)
    padded = np.concatenate((np.zeros(size * per - len(counts)), counts)).reshape(size, per)
    seen = np.isfinite(padded).mean(axis=1)
    end = held.end.astimezone(ZoneInfo(rules.zone))
    middle = [(end - HOUR * scale * (size - i - 0.5)).hour for i in range(size)]
    counted = np.nansum(padded, axis=1) / scale
    counted = np.where(seen >= 0.5, counted / np.maximum(seen, 0.5), np.nan)
    level = counted / (DAY[middle] if scale <= 3 else 1.0)
    before = max(0, (aware(opened) - held.end) // (HOUR * scale) + size)
    past = level[1 : max(1, before - 1)]
    past = past[np.isfinite(past)]
    usual = float(np.median(past)) if len(past) >= 24 else 0.0
    return np.asarray(np.maximum(level - usual, 0.0)), np.asarray(counted)


def _mean(hours: Floats) -> float:
    known = hours[np.isfinite(hours)]
    return float(known.mean()) if len(known) else 0.0
