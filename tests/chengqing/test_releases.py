from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from storage.base import Database
from storage.incident import Incident
from tests.chengqing.conftest import Run

AS = ("--as", "admin@example.com")


@pytest.fixture
def drafted(installed: Run) -> str:
    """The number of a draft that still lacks a contact and the time of the next word."""
    database = Database("sqlite:///chengqing.db")
    with database.begin() as session:
        at = datetime(2026, 5, 20, 9, tzinfo=UTC)
        affair = {"opened": at, "last_spike": at, "stage": "outbreak", "stage_at": at}
        session.add(Incident(topic_id=1, title="异物", **affair))
    database.close()
    return installed("release", "draft", "1", *AS).output.strip()


def test_nothing_is_said_to_be_done_that_was_not_kept(installed: Run, drafted: str) -> None:
    shown = installed("release", "show", drafted).output
    reasons = [word for one in _ids(shown) for word in ("--waive", f"{one}=演练")]
    database = Database("sqlite:///chengqing.db")
    with database.begin() as session:
        # Found out no sooner than at the end of a transaction, as a full disk is.
        late = "CREATE TABLE late (a REFERENCES topic(id) DEFERRABLE INITIALLY DEFERRED)"
        session.execute(text(late))
        for number, change in enumerate(("INSERT ON topic", "INSERT ON step")):
            fails = f"CREATE TRIGGER fails{number} AFTER {change}"
            session.execute(text(f"{fails} BEGIN INSERT INTO late VALUES (999); END"))
    database.close()
    submit = ("release", "submit", drafted, *AS, *reasons)
    for words in (("topic", "add", "云獾", "云獾"), submit):
        result = installed(*words)
        assert result.exit_code == 1
        assert "数据库出错" in result.stderr
        assert result.stdout == ""


def _ids(shown: str) -> list[str]:
    return [line.split()[0] for line in shown.splitlines() if line.startswith("  R23-")]


def test_a_release_is_shown_in_words_with_the_ids_that_waive(installed: Run, drafted: str) -> None:
    shown = installed("release", "show", drafted).output
    assert "状态 草稿" in shown
    assert "公关负责人" in shown
    assert len(_ids(shown)) == 2
    refused = installed("release", "submit", drafted, *AS)
    assert refused.exit_code == 1
    assert _ids(refused.output) == _ids(shown)
    reasons = [word for one in _ids(shown) for word in ("--waive", f"{one}=演练")]
    assert installed("release", "submit", drafted, *AS, *reasons).exit_code == 0


def test_a_waiver_without_a_reason_is_refused_not_passed_over(installed: Run, drafted: str) -> None:
    result = installed("release", "submit", drafted, *AS, "--waive", "R23")
    assert result.exit_code == 2
    assert "R23" in result.stderr
