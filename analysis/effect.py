"""What a release did: before and after, against a control, or that nothing can be shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from analysis.reason import Reason
from analysis.series import Floats, Series, aware

HOUR = timedelta(hours=1)
#: Mentions before and after together, below which nothing is said.
LEAST = 30.0
#: Other moments at which the same comparison is made, to learn how much it errs by itself.
FEWEST_PLACEBOS = 6
#: A few posts beyond the range are no finding; ten are what a spike takes too.
LEAST_BEYOND = 10.0
#: Student's t for 95 of 100, by degrees of freedom 1 … 12; beyond, 2.1 is near enough.
_T = (12.7, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18)


@dataclass(frozen=True)
class Effect:
    """What was, and what would have been.

    Attributes:
        before: mentions in the window before the release.
        after: mentions in the window after it.
        expected: mentions expected after it without a release.
        low: lower end of the range that holds 95 of 100 such expectations.
        high: upper end of it.
        change: after / expected − 1; like the three before None when nothing can be said.
        shown: whether ``after`` lies outside the range by more than a few mentions.
        why: sentence for people.
    """

    before: float
    after: float
    expected: float | None
    low: float | None
    high: float | None
    change: float | None
    shown: bool
    why: Reason


def effect(
    curve: Series,
    released: datetime,
    control: Series | None = None,
    window: timedelta = timedelta(hours=24),
) -> Effect:
    """Compare the windows before and after a release with what would have been.

    The curve would have changed as the control did (other topics, other concerns), and as
    the curve itself changed against the control between two windows at earlier moments. How
    much this errs is learned from those moments; counts add their own noise. It is an
    association in time: two releases within a window, or an event of the same hour, cannot be
    told apart.

    Args:
        curve: the mood, on any grid; unknown buckets count as not seen.
        released: when, aware.
        control: a curve on the same grid that the release does not speak of; None is a
            level control, and then the daily rhythm needs a window of whole days.
        window: how long to compare.

    Raises:
        ValueError: curve and control do not lie on one grid.
    """
    if control and (control.start != curve.start or len(control) != len(curve)):
        raise ValueError("Curve and control must lie on one grid.")
    mine, other = _sums(curve), _sums(control) if control else None
    at = int((aware(released) - curve.start) // curve.step)
    size = max(1, round(window / curve.step))
    after, before = _sum(mine, at, at + size), _sum(mine, at - size, at)
    moved, noise = _moved(mine, other, at, size)
    past = [_moved(mine, other, place, size)[0] for place in _placebos(at, size)]
    if before + after < LEAST or len(past) < FEWEST_PLACEBOS or at + size > len(curve):
        past_enough = len(past) >= FEWEST_PLACEBOS
        name = "few" if before + after < LEAST else "early" if past_enough else "short"
        return _unknown(before, after, name)
    usual, errs = float(np.median(past)), float(np.std(past, ddof=1))
    return _judged((before, after), moved, usual, (errs, noise, _independent(at, size)))


def _judged(
    seen: tuple[float, float], moved: float, usual: float, doubt: tuple[float, float, int]
) -> Effect:
    before, after = seen
    errs, noise, degrees = doubt
    expected = (after + 0.5) * float(np.exp(usual - moved))
    # What was seen after is not doubted; what would have been is a count with noise of its own.
    chance = 1 / max(expected, 0.5)
    spread = float(np.sqrt(errs**2 * (1 + 1 / max(1, degrees)) + noise**2 + chance))
    half = _T[min(max(degrees - 1, 1), len(_T)) - 1] * spread
    low, high = expected * float(np.exp(-half)), expected * float(np.exp(half))
    beyond = max(low - after, after - high)
    shown = beyond >= LEAST_BEYOND
    change = after / max(expected, 1e-9) - 1
    name = "none" if beyond <= 0 else "close" if not shown else "less" if change < 0 else "more"
    values = {"after": round(after), "expected": round(expected), "low": round(low)}
    values |= {"high": round(high), "percent": abs(round(100 * change))}
    why = Reason(f"signals.effect_{name}", values)
    return Effect(before, after, expected, low, high, change, shown, why)


def _unknown(before: float, after: float, name: str) -> Effect:
    why = Reason(f"signals.effect_{name}", {"earlier": round(before), "after": round(after)})
    return Effect(before, after, None, None, None, None, False, why)


def past_needed(window: timedelta) -> timedelta:
    """Return how long before a release the records must begin for a window to be judged."""
    return window * (2 + (FEWEST_PLACEBOS - 1) / 2)


def _moved(mine: Floats, other: Floats | None, at: int, size: int) -> tuple[float, float]:
    """Return the change of logs across ``at``, less the control's, and its counting noise.

    The noise of what came after is left to the caller: it depends on what was expected.
    """
    counts = [_sum(mine, at, at + size), _sum(mine, at - size, at)]
    if other is not None:
        counts += [_sum(other, at - size, at), _sum(other, at, at + size)]
    held = np.array(counts) + 0.5
    signs = np.array([1, -1, 1, -1][: len(held)])
    return float(signs @ np.log(held)), float(np.sqrt((1 / held[1:]).sum()))


def _placebos(at: int, size: int) -> list[int]:
    """Return earlier moments whose windows end before the release; half windows apart."""
    return list(range(at - size, size - 1, -max(1, size // 2)))[:28]


def _independent(at: int, size: int) -> int:
    return max(1, len(_placebos(at, size)) // 2)


def _sums(series: Series) -> Floats:
    return np.concatenate(([0.0], np.cumsum(np.nan_to_num(series.counts))))


def _sum(sums: Floats, first: int, last: int) -> float:
    size = len(sums) - 1
    return float(sums[min(max(last, 0), size)] - sums[min(max(first, 0), size)])
