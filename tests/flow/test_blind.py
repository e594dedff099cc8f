"""What is not seen, or was deleted, is not calm; bursts of one text are one affair."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from alerts.tell import Context
from analysis.moods import MoodModel
from analysis.query import parse
from chengqing.pipeline.classify import Reader, classify
from chengqing.pipeline.detect import Looks, detect
from storage.base import Database
from storage.incident import Incident, SpikeRow, StageChange
from storage.intake import accept
from storage.line import MentionLine
from storage.mention import Mention
from storage.schedule import Schedule
from storage.seal import Seal
from storage.topic import Source, Topic, Visit

START = datetime(2026, 5, 18, 1, 0, tzinfo=UTC)
BEGIN = START + timedelta(days=2)
HOUR = timedelta(hours=1)
CONTEXT = Context(zone=ZoneInfo("Asia/Shanghai"), address="http://127.0.0.1")
SAID = ("獾杯内胆掉渣，无良商家必须严惩", "獾杯内胆掉渣，检测报告到底是真的假的？")


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(MoodModel.load(), {1: parse("獾杯")})


class Watched:
    """A brand fed by one source that is visited every hour."""

    def __init__(self, database: Database, reader: Reader) -> None:
        self.database, self.reader, self.looks = database, reader, Looks()
        with database.begin() as session:
            session.add(Topic(id=1, name="獾杯", query="獾杯", created=START))
            session.add(Source(id=1, name="微博", kind="weibo", url="http://x", created=START))
            session.flush()
            row = Schedule(name="crawl", work="crawl", source_id=1, every=3_600, next_at=START)
            session.add(row)
        self.say(START, 48, 1)
        self.visits(0, 48)

    def say(self, since: datetime, hours: int, an_hour: int, *texts: str) -> None:
        step, count = HOUR / an_hour, hours * an_hour
        lines = [
            MentionLine(
                platform="weibo",
                id=f"{since:%d%H%M}-{n}",
                text=f"{texts[n % len(texts)]} {n}" if texts else f"獾杯用着不错 {n}",
                published=since + n * step,
            )
            for n in range(count)
        ]
        with self.database.begin() as session:
            accept(session, lines, Seal("x" * 40), since + (hours + 1) * HOUR, 1)
        classify(self.database, self.reader)

    def visits(self, first: int, last: int, outcome: str = "ok", *, capped: bool = False) -> None:
        with self.database.begin() as session:
            for hour in range(first, last):
                at = START + hour * HOUR
                visit = Visit(source_id=1, started=at, ended=at, outcome=outcome, capped=capped)
                session.add(visit)

    def look(self, first: int, last: int) -> None:
        for hour in range(first, last):
            detect(self.database, START + hour * HOUR, CONTEXT, asked=False, looks=self.looks)

    def stages(self) -> list[str]:
        with self.database.read() as session:
            return list(session.scalars(select(StageChange.stage).order_by(StageChange.id)))

    def spikes(self) -> int:
        with self.database.read() as session:
            return len(session.scalars(select(SpikeRow)).all())

    def incidents(self) -> list[Incident]:
        with self.database.read() as session:
            return list(session.scalars(select(Incident)))


@pytest.fixture
def watched(database: Database, reader: Reader) -> Watched:
    found = Watched(database, reader)
    found.say(BEGIN, 6, 60, *SAID)
    found.visits(48, 55)
    found.look(49, 55)
    return found


def test_a_silence_that_was_seen_is_an_end(watched: Watched) -> None:
    watched.visits(55, 85)
    watched.look(55, 85)
    assert "decline" in watched.stages()
    assert watched.incidents()[0].closed is not None


@pytest.mark.parametrize("outcome", ["blocked", "network_error", None])
def test_a_blind_night_ends_no_affair_and_makes_no_spike_after_it(
    watched: Watched, outcome: str | None
) -> None:
    if outcome is not None:  # else no visit at all: the watch stood still
        watched.visits(55, 65, outcome)
    watched.look(55, 65)
    assert "decline" not in watched.stages()
    before = watched.spikes()
    # The list is cut at its limit: what was said in the night is lost for good.
    watched.visits(65, 66, capped=True)
    watched.say(START + 65 * HOUR, 3, 60, *SAID)
    watched.visits(66, 69)
    watched.look(66, 69)
    assert "decline" not in watched.stages()
    assert watched.spikes() == before
    assert [one.closed for one in watched.incidents()] == [None]


def test_a_fall_by_deletion_is_not_called_calm_and_says_so(watched: Watched) -> None:
    with watched.database.begin() as session:
        gone = update(Mention).where(Mention.published >= BEGIN, Mention.id % 2 == 0)
        session.execute(gone.values(deleted=BEGIN + 7 * HOUR))
    watched.visits(55, 80)
    watched.look(55, 80)
    assert "decline" not in watched.stages()
    (incident,) = watched.incidents()
    assert incident.closed is None
    assert incident.stage_why["key"] == "signals.stage_lost"
    assert incident.stage_why["values"]["lost"] >= 40


def test_bursts_share_the_stories_that_they_copy(watched: Watched) -> None:
    (incident,) = watched.incidents()
    assert incident.groups
