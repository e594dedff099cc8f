"""From mentions in the database to the incident, its alert and the mail that is due."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from alerts.tell import Context
from analysis.moods import MoodModel
from analysis.query import parse
from chengqing.pipeline.classify import Reader, classify
from chengqing.pipeline.detect import detect
from storage.base import Database
from storage.delivery import Delivery
from storage.incident import Alert, Concern, Incident, SpikeRow, StageChange
from storage.intake import accept
from storage.line import MentionLine
from storage.person import Person
from storage.seal import Seal
from storage.topic import Topic

START = datetime(2026, 5, 18, 1, 0, tzinfo=UTC)
CONTEXT = Context(zone=ZoneInfo("Asia/Shanghai"), address="http://127.0.0.1")
SEAL = Seal("x" * 40)
ANGRY = (
    "獾杯内胆掉渣，无良商家必须严惩",
    "獾杯掉渣还骗人，抵制到底，太恶心了",
    "拿孩子试毒的黑心厂家，獾杯滚出去",
)
ASKING = (
    "獾杯的检测报告到底是真的假的？",
    "獾杯内胆掉下来的东西有没有毒？好担心孩子",
    "买了獾杯怎么退货？客服为什么不回？",
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(MoodModel.load(), {1: parse("獾杯")})


@pytest.fixture
def watched(database: Database) -> Database:
    with database.begin() as session:
        session.add(Topic(name="獾杯", query="獾杯", created=START))
        officer = Person(email="a@b.c", name="甲", roles=["officer"], password="-", created=START)
        officer.alerted = True
        session.add(officer)
    return database


def _post(number: int, at: datetime, text: str) -> MentionLine:
    return MentionLine(platform="weibo", id=str(number), text=f"{text} {number}", published=at)


def _quiet(days: int = 2) -> list[MentionLine]:
    hours = [START + timedelta(hours=h, minutes=7 * h % 60) for h in range(24 * days)]
    return [_post(n, at, "獾杯用着不错") for n, at in enumerate(hours)]


def _burst(at: datetime, texts: Iterable[str], count: int = 60) -> list[MentionLine]:
    words = list(texts)
    return [
        _post(10_000 + n, at + timedelta(seconds=50 * n), words[n % len(words)])
        for n in range(count)
    ]


def _take(database: Database, reader: Reader, lines: list[MentionLine], now: datetime) -> None:
    with database.begin() as session:
        accept(session, lines, SEAL, now)
    classify(database, reader)


def _count(database: Database, table: type) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_quiet_brand_opens_nothing(watched: Database, reader: Reader) -> None:
    now = START + timedelta(days=2)
    _take(watched, reader, _quiet(), now)
    assert detect(watched, now, CONTEXT) == 0
    assert _count(watched, Incident) == 0


def test_one_burst_is_one_incident_one_alert_and_one_mail(
    watched: Database, reader: Reader
) -> None:
    begin = START + timedelta(days=2)
    now = begin + timedelta(hours=1)
    _take(watched, reader, _quiet() + _burst(begin, ANGRY + ASKING), now)
    assert detect(watched, now, CONTEXT) > 0
    with watched.read() as session:
        incident = session.scalars(select(Incident)).one()
        alert = session.scalars(select(Alert)).one()
        delivery = session.scalars(select(Delivery)).one()
        assert incident.closed is None
        assert incident.severity >= 1
        assert alert.kind == "opened"
        assert delivery.alert_id == alert.id
        assert delivery.address == "a@b.c"
        assert session.scalar(select(func.count()).select_from(Concern))
        moods = set(session.scalars(select(SpikeRow.mood)))
    assert "hostility" in moods or "volume" in moods


def test_looking_again_at_the_same_moment_changes_nothing(
    watched: Database, reader: Reader
) -> None:
    begin = START + timedelta(days=2)
    now = begin + timedelta(hours=1)
    _take(watched, reader, _quiet() + _burst(begin, ANGRY), now)
    detect(watched, now, CONTEXT)
    tables = (Incident, SpikeRow, StageChange, Alert, Delivery, Concern)
    before = [_count(watched, table) for table in tables]
    assert detect(watched, now, CONTEXT) == 0
    assert [_count(watched, table) for table in tables] == before


def test_an_affair_ends_and_is_told_once(watched: Database, reader: Reader) -> None:
    begin = START + timedelta(days=2)
    now = begin + timedelta(hours=1)
    _take(watched, reader, _quiet() + _burst(begin, ANGRY), now)
    for hours in range(60):
        detect(watched, now + timedelta(hours=hours), CONTEXT)
    with watched.read() as session:
        incident = session.scalars(select(Incident)).one()
        kinds = list(session.scalars(select(Alert.kind)))
    assert incident.closed is not None
    assert kinds.count("opened") == 1
    assert kinds.count("closed") == 1


def test_praise_alone_is_no_crisis(watched: Database, reader: Reader) -> None:
    begin = START + timedelta(days=2)
    now = begin + timedelta(hours=1)
    praise = ("支持獾杯，点赞", "獾杯加油，相信你们", "獾杯真不错，感谢[赞]")
    _take(watched, reader, _quiet() + _burst(begin, praise, 15), now)
    detect(watched, now, CONTEXT)
    with watched.read() as session:
        assert "support" not in set(session.scalars(select(SpikeRow.mood)))
