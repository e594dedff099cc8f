"""How severe an affair was at its height stays on record, with the reason of that moment."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from alerts.words import sentence
from analysis.series import MoodSeries
from analysis.severity import Extent, extent, severity
from chengqing.pipeline.stand import stand
from storage.base import Database
from storage.incident import Incident
from storage.topic import Topic

HOUR = timedelta(hours=1)


def test_great_numbers_can_be_read() -> None:
    why = severity(Extent(volume=12_345, hostility=0.5, speed=2, spread=3, reach=8_792_628)).why
    for language, words in (("zh", "覆盖约 8,792,628 人"), ("en", "about 8,792,628 readers")):
        said = sentence({"key": why.key, "values": why.values}, language)
        assert words in said
        assert "12,345" in said


def test_the_reason_is_that_of_the_height_and_not_of_the_fall(database: Database, clock) -> None:
    start = clock()
    said = np.array([2.0] * 48 + [30, 60, 90, 20])
    series = MoodSeries(start, HOUR, {"volume": said, "hostility": said / 2})
    height, fall = start + 51 * HOUR, start + 52 * HOUR
    assert severity(extent(series, height)).level == severity(extent(series, fall)).level == 3
    with database.begin() as session:
        topic = Topic(name="獾杯", query="獾杯", created=start)
        session.add(topic)
        session.flush()
        opened = start + 48 * HOUR
        incident = Incident(topic_id=topic.id, title="", opened=opened, last_spike=opened)
        incident.stage, incident.stage_at = "outbreak", opened
        session.add(incident)
        session.flush()
        stand(session, incident, series, height)
        level, why = incident.severity, dict(incident.severity_why)
        stand(session, incident, series, fall)
        assert (incident.severity, incident.severity_why) == (level, why)
        assert why["values"]["speed"] == 1.5
