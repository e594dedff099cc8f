from datetime import datetime, timedelta

from storage.base import Database
from storage.incident import Incident
from storage.topic import Topic
from storage.voice import ClimbRow, climbs_of, own_tiers, place_outlet


def test_climbs_come_in_order_of_time(database: Database, now: datetime) -> None:
    with database.begin() as session:
        session.add(Topic(id=1, name="獾杯", query="獾杯", created=now))
        session.flush()
        incident = Incident(topic_id=1, opened=now, last_spike=now, stage="latent", stage_at=now)
        session.add(incident)
        session.flush()
        for tier, minutes in ((3, 90), (1, 30)):
            at = now + timedelta(minutes=minutes)
            row = ClimbRow(incident_id=incident.id, tier=tier, at=at, lag=60 * minutes)
            session.add(row)
    with database.read() as session:
        assert [row.tier for row in climbs_of(session, incident.id)] == [1, 3]
        assert climbs_of(session, incident.id + 1) == []


def test_an_outlet_is_on_one_tier(database: Database) -> None:
    with database.begin() as session:
        assert not place_outlet(session, "a.example", 3)
        assert place_outlet(session, "a.example", 4)
        assert not place_outlet(session, "b.example", None)
    with database.begin() as session:
        assert own_tiers(session) == {"a.example": 4}
        assert place_outlet(session, "a.example", None)
    with database.read() as session:
        assert own_tiers(session) == {}
