"""How ``chengqing detect`` reads timestamps: fast, and as the calendar says."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengqing.cli.signals import _reader


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/Berlin", "Australia/Lord_Howe"])
@given(at=st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1)))  # noqa: DTZ001
def test_wall_clock_time_is_read_in_its_zone_on_any_day(zone: str, at: datetime) -> None:
    expected = at.replace(tzinfo=ZoneInfo(zone)).timestamp()
    assert _reader(ZoneInfo(zone))(at.isoformat()) == pytest.approx(expected, abs=1e-5)


def test_epoch_seconds_and_offsets_need_no_zone() -> None:
    read = _reader(ZoneInfo("Asia/Shanghai"))
    assert read("1700000000.5") == 1700000000.5
    assert read("1970-01-01T00:00:10Z") == 10
    with pytest.raises(ValueError, match="Invalid isoformat"):
        read("yesterday")
