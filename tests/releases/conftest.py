from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from releases import facts, workflow
from releases.company import Company
from releases.draft import write_draft
from releases.facts import NewEvidence, NewFact
from releases.terms import Terms
from storage.bucket import Tally, count
from storage.incident import Concern, Incident
from storage.person import Person
from storage.release import Fact, Release
from storage.topic import Topic

COMPANY = Company(
    name="澜汀云朵獾儿童用品有限公司",
    short="云朵獾",
    name_en="Cloud Badger",
    city="澜汀",
    boilerplate="云朵獾生产儿童水杯。",
    contact_phone="010-88886666",
    contact_email="press@cloudbadger.example",
    hotline="400-888-6666",
)
TERMS = Terms(COMPANY)
CAST = {
    "author": ["author"],
    "lead": ["pr_lead"],
    "lawyer": ["legal"],
    "both": ["pr_lead", "legal"],
    "publisher": ["publisher"],
    "owner": ["officer"],
    "watcher": ["watcher"],
    "everything": ["author", "pr_lead", "legal", "publisher"],
}


@dataclass
class Room:
    """A topic with an incident, people, and what tests do with them in one line."""

    session: Session
    now: datetime
    topic: Topic
    incident: Incident
    people: dict[str, Person]
    terms: Terms = field(default=TERMS)

    def concern(self, question: str, size: int = 10, words: tuple[str, ...] = ()) -> Concern:
        concern = Concern(
            incident_id=self.incident.id,
            key=f"{question}{size}"[:60],
            question=question,
            size=size,
            moods={"anxiety": 0.5},
            words=list(words),
            updated=self.now,
        )
        self.session.add(concern)
        self.session.flush()
        return concern

    def fact(self, statement: str, *words: str, verified: bool = True, **more: object) -> Fact:
        given = {"source": "出厂检验记录", "owner_id": self.people["owner"].id, **more}
        evidence = [NewEvidence("报告扫描件", sha256="a" * 64)]
        new = NewFact(statement, words=words, evidence=evidence, **given)  # type: ignore[arg-type]
        fact = facts.enter(self.session, self.topic.id, new, self.people["author"], self.now)
        if verified:
            facts.verify(self.session, fact.id, self.people["lead"], self.now)
        return fact

    def talk(self, *platforms: str) -> None:
        before = self.now - timedelta(minutes=5)
        count(self.session, [Tally(self.topic.id, name, before, 1) for name in platforms])

    def draft(self, by: str = "author", until: timedelta | None = None) -> Release:
        moment = None if until is None else self.now + until
        person = self.people[by]
        return write_draft(self.session, self.incident.id, person, self.now, self.terms, moment)

    def do(
        self, step: Callable[..., Release], release: Release, by: str, **more: object
    ) -> Release:
        return step(self.session, release.id, self.people[by], self.now, self.terms, **more)

    def submit(self, release: Release) -> Release:
        return self.do(workflow.submit, release, "author")

    def agree(self, release: Release) -> Release:
        for name in ("lead", "lawyer"):
            self.do(workflow.approve, release, name)
        if release.content["template"]["id"].endswith("statement"):
            self.do(workflow.approve, release, "owner")
        return release


def furnish(session: Session, now: datetime) -> Room:
    people = {
        name: Person(email=f"{name}@example.cn", name=name, roles=roles, password="", created=now)
        for name, roles in CAST.items()
    }
    topic = Topic(name="智温杯", query="云朵獾", created=now)
    session.add_all([*people.values(), topic])
    session.flush()
    incident = Incident(
        topic_id=topic.id,
        title="内胆脱落",
        opened=now - timedelta(hours=3),
        last_spike=now,
        stage="outbreak",
        stage_at=now,
        words=["内胆", "涂层"],
    )
    session.add(incident)
    session.flush()
    return Room(session, now, topic, incident, people)


@pytest.fixture
def room(sqlite_database, now):
    with sqlite_database.begin() as session:
        yield furnish(session, now)


@pytest.fixture
def asked(room):
    """A room where the public asks two things and one of them can be answered."""
    room.concern("内胆的涂层有没有毒？", 50, ("涂层", "有毒"))
    room.concern("批号在哪里看？", 20, ("批号",))
    room.fact("内胆涂层为食品接触用涂层，检测未检出有害物质迁移。", "涂层")
    room.talk("weibo", "weibo", "forum")
    return room


@pytest.fixture
def furnishing():
    """The function that makes a room, for tests that bring their own database."""
    return furnish
