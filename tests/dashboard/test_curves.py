from __future__ import annotations

import csv
import io
from datetime import timedelta

from storage.topic import Topic


def test_the_drawing_has_curves_spikes_and_reasons(browse, affair):
    data = browse("观者").get("/charts/1.json?hours=3").json()
    assert [curve["name"] for curve in data["curves"]] == [
        "volume", "anxiety", "doubt", "hostility", "support",
    ]  # fmt: skip
    assert all(len(curve["values"]) == len(data["times"]) for curve in data["curves"])
    assert sum(value or 0 for value in data["curves"][0]["values"]) >= 28
    assert None in data["curves"][0]["values"]
    assert [(spike["mood"], spike["why"]) for spike in data["spikes"]] == [("doubt", "7 条")]


def test_times_are_those_of_the_wall(browse, affair):
    data = browse("观者").get("/charts/1.json?hours=1").json()
    # The clock stands at 12:00 UTC, which is 20:00 on the wall.
    assert data["times"][-1] / 3_600_000 % 24 < 20
    assert data["times"][0] / 3_600_000 % 24 == 19


def test_shares_are_percent_without_the_volume(browse, affair):
    data = browse("观者").get("/charts/1.json?hours=24&by=shares").json()
    assert data["unit"] == "%"
    assert "volume" not in [curve["name"] for curve in data["curves"]]


def test_csv_and_table_hold_the_same(browse, affair):
    browser = browse("观者")
    text = browser.get("/charts/1.csv?hours=3").text
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    curves = ["volume", "anxiety", "doubt", "hostility", "support"]
    ends = [f"{curve}_{end}" for curve in curves for end in ("low", "high")]
    assert rows[0] == ["time", *curves, *ends]
    assert rows[1][1] == ""
    assert rows[1][0].endswith("+08:00")
    assert "未知" in browser.get("/charts/1?hours=3").text


def test_csv_and_table_hold_the_expected_range_that_is_drawn(house, browse, affair):
    with house.database.begin() as session:
        session.get(Topic, 1).created = house.clock() - timedelta(days=3)
    browser = browse("观者")
    drawn = browser.get("/charts/1.json?hours=6").json()["bands"]["volume"]
    rows = csv.DictReader(io.StringIO(browser.get("/charts/1.csv?hours=6").text.lstrip("\ufeff")))
    told = [(row["volume_low"], row["volume_high"]) for row in rows]
    assert told == [(str(a), str(b)) for a, b in zip(drawn["low"], drawn["high"], strict=True)]
    assert f"{told[-1][0]}–{told[-1][1]}" in browser.get("/charts/1?hours=6").text


def test_an_absurd_stretch_falls_back(browse, affair):
    query = "since=1900-01-01T00:00:00Z&until=2026-05-20T12:00:00Z"
    assert len(browse("观者").get(f"/charts/1.json?{query}").json()["times"]) <= 120
