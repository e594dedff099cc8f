"""The one seam for time: the real present, or a demonstration's that runs faster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def real() -> datetime:
    """Return the present in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class WarpClock:
    """Time that is ``start`` when the real time is ``origin``, and runs ``speed`` times faster.

    Every process of a demonstration is given the same text, so that all agree on the present.
    """

    origin: datetime
    start: datetime
    speed: float

    def __call__(self) -> datetime:
        """Return the present of this clock, in UTC."""
        return self.start + (real() - self.origin) * self.speed

    def __str__(self) -> str:
        return f"{self.origin.isoformat()}/{self.start.isoformat()}/{self.speed:g}"

    def seconds(self, span: timedelta | float) -> float:
        """Return how many real seconds a span of this clock takes."""
        total = span.total_seconds() if isinstance(span, timedelta) else span
        return total / self.speed

    @classmethod
    def parse(cls, text: str) -> WarpClock:
        """Read what ``str`` writes: ``ORIGIN/START/SPEED``.

        Raises:
            ValueError: the text is not of that form, a time has no zone, or the speed is not > 0.
        """
        origin, start, speed = text.split("/")
        clock = cls(datetime.fromisoformat(origin), datetime.fromisoformat(start), float(speed))
        if clock.origin.tzinfo is None or clock.start.tzinfo is None or clock.speed <= 0:
            raise ValueError(
                f"clock {text!r}: both times need a zone and the speed must be above 0"
            )
        return clock


def speed_of(clock: Clock) -> float:
    """Return how many seconds of ``clock`` pass in one real second."""
    return clock.speed if isinstance(clock, WarpClock) else 1.0


def real_at(clock: Clock, moment: datetime) -> datetime:
    """Return the real time at which ``clock`` shows ``moment``."""
    if isinstance(clock, WarpClock):
        return clock.origin + (moment - clock.start) / clock.speed
    return moment
