import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from analysis.stage import Stage
from storage.base import Database
from storage.incident import Alert, Incident, SpikeRow, StageChange, unacknowledged
from storage.person import Person
from tests.chengqing.conftest import Run

OPENED = datetime(2026, 5, 20, 9, tzinfo=UTC)


def _affair() -> Database:
    database = Database("sqlite:///chengqing.db")
    with database.begin() as session:
        incident = Incident(
            topic_id=1, title="异物", opened=OPENED, last_spike=OPENED,
            stage="outbreak", stage_at=OPENED,
        )  # fmt: skip
        session.add(incident)
        session.flush()
        for hours in range(2):
            at = OPENED + timedelta(hours=hours)
            session.add(Alert(incident_id=incident.id, kind="opened", at=at, text={}))
    return database


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_is_listed(installed: Run, stage: Stage) -> None:
    database = _affair()
    with database.begin() as session:
        session.get_one(Incident, 1).stage = stage.value
    database.close()
    line = installed("incident", "list").output.strip()
    assert re.fullmatch(r"1\t2026-05-20 17:00\t\d\t[潜伏爆发蔓延反复消退]{2}\t异物", line)


@pytest.mark.parametrize(("language", "said"), [("zh", "爆发|敌对"), ("en", "outbreak|hostility")])
def test_what_happened_is_shown_in_the_terminals_words(
    installed: Run, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    monkeypatch.setenv("CHENGQING_LANGUAGE", language)
    database = _affair()
    why = {"key": "signals.stage_latent", "values": {}}
    with database.begin() as session:
        session.add(StageChange(incident_id=1, at=OPENED, stage="outbreak", why=why))
        spike = dict.fromkeys(("score", "rarity", "observed", "expected", "low", "high"), 1.0)
        session.add(
            SpikeRow(topic_id=1, incident_id=1, at=OPENED, mood="hostility", why=why, **spike)
        )
    database.close()
    shown = installed("incident", "show", "1").output
    assert set(re.findall(r"^  05-20 17:00 (\S+): ", shown, re.M)) == set(said.split("|"))


def test_an_incident_acknowledged_from_the_terminal_rings_no_bell(installed: Run) -> None:
    database = _affair()
    assert installed("incident", "ack", "1", "--as", "admin@example.com").exit_code == 0
    with database.read() as session:
        assert unacknowledged(session) == []
        assert {session.get_one(Alert, number).acknowledged_by for number in (1, 2)} == {1}
        incident = session.get_one(Incident, 1)
        assert incident.acknowledged is not None
        assert incident.owner_id == 1
    database.close()


def test_who_has_left_acknowledges_nothing(installed: Run) -> None:
    database = _affair()
    with database.begin() as session:
        session.execute(update(Person).values(active=False))
    assert installed("incident", "ack", "1", "--as", "admin@example.com").exit_code == 2
    with database.read() as session:
        assert len(unacknowledged(session)) == 2
    database.close()
