"""How ``chengqing detect`` reads timestamps: fast, and as the calendar says."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengqing.cli.signals import _reader
from tests.chengqing.conftest import Run


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/Berlin", "Australia/Lord_Howe"])
@given(at=st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1)))  # noqa: DTZ001
def test_wall_clock_time_is_read_in_its_zone_on_any_day(zone: str, at: datetime) -> None:
    # Of an hour that comes twice a text cannot say which it means: it is the first.
    expected = at.replace(tzinfo=ZoneInfo(zone), fold=0).timestamp()
    assert _reader(ZoneInfo(zone))(at.isoformat()) == pytest.approx(expected, abs=1e-5)


def test_epoch_seconds_and_offsets_need_no_zone() -> None:
    read = _reader(ZoneInfo("Asia/Shanghai"))
    assert read("1700000000.5") == 1700000000.5
    assert read("1970-01-01T00:00:10Z") == 10
    with pytest.raises(ValueError, match="Invalid isoformat"):
        read("yesterday")


def test_detect_says_that_times_make_no_grid(run: Run) -> None:
    Path("a.csv").write_text("timestamp,value\n0,1\n60,2\n120,3\n9e9,4\n")
    result = run("detect", "a.csv")
    assert result.exit_code == 1
    assert "a.csv 第一列" in result.stderr
