"""A house with people, a topic and an affair, and browsers-to-be that are signed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI
from starlette.responses import Response
from starlette.testclient import TestClient

from dashboard import session as tickets
from dashboard.app import create_app
from dashboard.house import House
from dashboard.people import hash_password
from releases.company import Company
from storage import bucket
from storage.base import Database
from storage.incident import Alert, Concern, Incident, SpikeRow, StageChange
from storage.mention import Mention, MentionTopic
from storage.person import Person, Role
from storage.topic import Topic

APPS: dict[bool, FastAPI] = {}
PASSWORD = "long enough 密码"
STAFF = {
    "林晓": [Role.OFFICER],
    "周宁": [Role.AUTHOR],
    "许岚": [Role.PR_LEAD],
    "陈律": [Role.LEGAL],
    "何川": [Role.PUBLISHER],
    "孟管": [Role.OPERATOR],
    "观者": [Role.WATCHER],
    "无职": [],
}


@pytest.fixture(scope="session")
def hashed() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def house(sqlite_database: Database, clock: Callable[[], datetime], hashed: str) -> House:
    return furnish(sqlite_database, clock, hashed)


def furnish(database: Database, clock: Callable[[], datetime], hashed: str) -> House:
    """Put the staff into a database and build a house on it."""
    with database.begin() as session:
        for number, (name, roles) in enumerate(STAFF.items(), 1):
            session.add(
                Person(
                    email=f"p{number}@example.com",
                    name=name,
                    roles=[role.value for role in roles],
                    password=hashed,
                    created=clock(),
                )
            )
    company = Company(
        name="晴川食品有限公司",
        short="晴川食品",
        city="晴川",
        contact_name="方宁",
        contact_phone="0500-555-0100",
        contact_email="press@example.com",
        hotline="400-555-0100",
        boilerplate="晴川食品成立于2010年。",
    )
    zone = ZoneInfo("Asia/Shanghai")
    return House(database, clock, "s" * 40, zone, company, public_url="http://testserver")


def app_of(house: House) -> FastAPI:
    """The application of one house; building one takes longer than most tests."""
    if house.secure not in APPS:
        APPS[house.secure] = create_app(house)
    APPS[house.secure].state.house = house
    return APPS[house.secure]


class Browser(TestClient):
    """A signed-in reader; ``submit`` posts a form with the token of the session."""

    def __init__(self, house: House, name: str = "") -> None:
        super().__init__(app_of(house))
        self.token = ""
        if name:
            self.sign_in(house, name)

    def sign_in(self, house: House, name: str) -> None:
        with house.database.read() as session:
            person = next(one for one in session.query(Person) if one.name == name)
        ticket = tickets.issue(house, person.id, person.epoch)
        answer = Response()
        tickets.write(house, answer, ticket)
        value = answer.headers["set-cookie"].split(";")[0].split("=", 1)[1]
        self.cookies.set(tickets.cookie_name(house), value)
        self.token = tickets.form_token(house, ticket)

    def submit(self, path: str, **fields: object):
        return self.post(path, data={"token": self.token, **fields}, follow_redirects=False)


def token_of(html: str) -> str:
    found = re.search(r'name="token" value="(\w+)"', html)
    assert found
    return found[1]


@pytest.fixture
def browse(house: House) -> Iterator[Callable[..., Browser]]:
    """Open a browser for somebody; each keeps one event loop for all its requests."""
    with ExitStack() as stack:
        yield lambda name="": stack.enter_context(Browser(house, name))


@pytest.fixture
def demo_house(house: House) -> House:
    people = (("林晓", "值守", "p1@example.com", PASSWORD),)
    return replace(house, demo=True, demo_people=people)


@pytest.fixture
def affair(house: House) -> Incident:
    return stage_affair(house)


def stage_affair(house: House) -> Incident:
    """Put one topic with thirty posts and one open incident into the house."""
    now = house.clock()
    with house.database.begin() as session:
        topic = Topic(name="晴川酸奶", query="晴川 酸奶", created=now - timedelta(days=2))
        session.add(topic)
        session.flush()
        ids = [_post(session, topic.id, number, now) for number in range(30)]
        opened = now - timedelta(hours=2)
        incident = Incident(
            topic_id=topic.id,
            title="酸奶异物",
            opened=opened,
            last_spike=now - timedelta(minutes=20),
            severity=2,
            stage="outbreak",
            stage_at=opened,
            words=["异物"],
        )
        session.add(incident)
        session.flush()
        why = {"key": "dashboard.posts_n", "values": {"n": 7}}
        alert = Alert(incident_id=incident.id, kind="opened", at=opened, text=why)
        stage = StageChange(incident_id=incident.id, at=opened, stage="outbreak", why=why)
        concern = Concern(
            incident_id=incident.id,
            key="k",
            question="酸奶里的异物是什么？",
            size=12,
            growth=0.5,
            words=["异物"],
            examples=ids[:3],
            updated=now,
        )
        session.add_all([alert, stage, concern, _spike(topic.id, incident.id, opened, why)])
    return incident


def _spike(topic_id: int, incident_id: int, at: datetime, why: dict[str, object]) -> SpikeRow:
    return SpikeRow(
        topic_id=topic_id,
        incident_id=incident_id,
        at=at,
        mood="doubt",
        score=0.9,
        rarity=0.001,
        observed=9,
        expected=2,
        low=0,
        high=4,
        why=why,
    )


def _post(session, topic_id: int, number: int, now: datetime) -> int:
    at = now - timedelta(minutes=4 * number + 1)
    labels = (2, 4, 0)[number % 3]
    mention = Mention(
        platform=("weibo", "forum")[number % 2],
        platform_id=str(number),
        kind="post",
        text=f"第{number}条：酸奶里有异物，晴川什么时候给说法",
        published=at,
        first_seen=at,
        last_seen=at,
        likes=number,
        labels=labels,
        model="m",
    )
    session.add(mention)
    session.flush()
    session.add(MentionTopic(mention_id=mention.id, topic_id=topic_id, published=at))
    bucket.count(session, [bucket.Tally(topic_id, mention.platform, at, labels)])
    return mention.id
