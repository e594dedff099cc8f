from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengqing.clock import WarpClock, real, real_at, speed_of

ORIGIN = datetime(2026, 5, 1, tzinfo=UTC)
moments = st.integers(-(10**9), 10**9).map(lambda s: ORIGIN + timedelta(seconds=s))


@given(moments, moments, st.floats(0.5, 5_000))
def test_its_text_is_read_back_as_the_same_clock(
    origin: datetime, start: datetime, speed: float
) -> None:
    clock = WarpClock(origin, start, float(f"{speed:g}"))
    assert WarpClock.parse(str(clock)) == clock


@given(st.timedeltas(timedelta(0), timedelta(days=30)))
def test_a_moment_comes_sooner_by_the_speed(span: timedelta) -> None:
    clock = WarpClock(ORIGIN, ORIGIN, 120.0)
    wait = real_at(clock, ORIGIN + span) - ORIGIN
    assert abs(wait * 120 - span) < timedelta(milliseconds=1)


def test_the_real_clock_is_real() -> None:
    assert real_at(real, ORIGIN) == ORIGIN
    assert speed_of(real) == 1


@pytest.mark.parametrize(
    "text", ["", "now", "2026-05-01/2026-05-01/2", "2026-05-01T00:00Z/2026-05-01T00:00Z/0"]
)
def test_what_is_no_clock_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        WarpClock.parse(text)
