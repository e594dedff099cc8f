"""An affair climbs from users to the news: noted once, told once, measured when it is time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from alerts.tell import Context
from analysis.ignition import Tier
from analysis.moods import MoodModel
from analysis.query import parse
from chengqing.pipeline.classify import Reader, classify
from chengqing.pipeline.detect import detect
from dashboard.refile import refile
from storage.base import Database
from storage.delivery import Delivery
from storage.incident import Alert, Incident
from storage.intake import accept
from storage.line import AuthorLine, MentionLine
from storage.person import Person
from storage.seal import Seal
from storage.topic import Topic
from storage.voice import ClimbRow, climbs_of, place_outlet

START = datetime(2026, 5, 18, 1, 0, tzinfo=UTC)
BEGIN = START + timedelta(days=2)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
CONTEXT = Context(zone=ZoneInfo("Asia/Shanghai"), address="http://127.0.0.1")
SEAL = Seal("x" * 40)
SAID = ("獾杯内胆掉渣，无良商家必须严惩", "獾杯内胆掉渣，检测报告到底是真的假的？")


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(MoodModel.load(), {1: parse("獾杯")})


class Affair:
    """A quiet brand of which bad things are said from ``BEGIN`` on."""

    def __init__(self, database: Database, reader: Reader) -> None:
        self.database, self.reader = database, reader
        with database.begin() as session:
            session.add(Topic(name="獾杯", query="獾杯", created=START))
            officer = Person(
                email="a@b.c", name="甲", roles=["officer"], password="-", created=START
            )
            officer.alerted = True
            session.add(officer)
        quiet = [self.post(f"q{n}", START + n * HOUR, "獾杯用着不错") for n in range(47)]
        burst = [self.post(f"b{n}", BEGIN + 50 * n * MINUTE / 60, SAID[n % 2]) for n in range(90)]
        self.take(quiet + burst)

    def post(self, id: str, at: datetime, text: str, **more: object) -> MentionLine:
        line = {"platform": "weibo", "id": id, "text": f"{text} {id}", "published": at} | more
        return MentionLine.model_validate(line)

    def take(self, lines: list[MentionLine]) -> None:
        with self.database.begin() as session:
            accept(session, lines, SEAL, BEGIN + 24 * HOUR)
        classify(self.database, self.reader)

    def look(self, minutes: float) -> None:
        detect(self.database, BEGIN + minutes * MINUTE, CONTEXT, asked=False)

    def climbs(self) -> list[ClimbRow]:
        with self.database.read() as session:
            return climbs_of(session, session.scalars(select(Incident.id)).one())

    def kinds(self) -> list[str]:
        with self.database.read() as session:
            return list(session.scalars(select(Alert.kind).order_by(Alert.id)))


@pytest.fixture
def affair(database: Database, reader: Reader) -> Affair:
    return Affair(database, reader)


def article(affair: Affair, minutes: float, text: str, host: str = "news.example") -> MentionLine:
    at, url = BEGIN + minutes * MINUTE, f"http://www.{host}/{minutes}"
    return affair.post(f"{host}{minutes}", at, text, kind="article", platform="news", url=url)


def test_the_first_news_outlet_is_noted_told_once_and_measured(affair: Affair) -> None:
    affair.look(60)
    big = affair.post("v", BEGIN + 40 * MINUTE, SAID[0], author=AuthorLine(id="v", followers=10**6))
    affair.take([big, article(affair, 62, "獾杯内胆掉渣引发质疑，检测报告未公开")])
    for minutes in (65, 70, 75, 80):
        affair.look(minutes)
    large, news = affair.climbs()
    assert (large.tier, news.tier) == (Tier.LARGE, Tier.NEWS)
    assert (news.outlet, news.lag) == ("news.example", 62 * 60)
    assert not news.measured
    assert affair.kinds().count("ignited") == 1
    with affair.database.read() as session:
        subjects = [row.payload["subject"] for row in session.scalars(select(Delivery))]
    assert sum("首家新闻网站报道（news.example）" in subject for subject in subjects) == 1
    affair.take([article(affair, 90, "獾杯内胆掉渣，检测报告在哪里", "other.example")])
    affair.look(185)
    news = affair.climbs()[1]
    assert news.outlet == "news.example"
    assert news.measured
    assert news.lift is not None
    assert news.low < news.lift < news.high
    assert affair.kinds().count("ignited") == 1


def test_news_that_a_wider_query_brings_in_later_is_heard(affair: Affair) -> None:
    affair.look(60)
    affair.take([article(affair, 62, "内胆掉渣引发质疑，检测报告未公开")])
    affair.take([affair.post("late", BEGIN + 63 * MINUTE, SAID[0])])
    affair.look(65)
    assert affair.climbs() == []
    with affair.database.begin() as session:
        session.get_one(Topic, 1).query = "獾杯 内胆掉渣"
    assert refile(affair.database, 1, BEGIN + 66 * MINUTE).gained == 1
    affair.look(70)
    assert [(step.tier, step.lag) for step in affair.climbs()] == [(Tier.NEWS, 62 * 60)]


def test_other_news_of_the_brand_is_no_step(affair: Affair) -> None:
    affair.look(60)
    affair.take([article(affair, 61, "獾杯发布年度财报，营收增长")])
    affair.look(70)
    assert affair.climbs() == []
    assert "ignited" not in affair.kinds()


def test_the_teams_table_decides(affair: Affair) -> None:
    with affair.database.begin() as session:
        place_outlet(session, "news.example", Tier.ORDINARY)
        place_outlet(session, "big.example", Tier.CENTRAL)
    affair.look(60)
    affair.take([article(affair, m, "獾杯内胆掉渣引发质疑", h) for m, h in
                 ((61, "news.example"), (64, "s.big.example"))])  # fmt: skip
    affair.look(70)
    assert [row.tier for row in affair.climbs()] == [Tier.CENTRAL]
