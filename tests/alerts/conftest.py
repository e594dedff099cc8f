"""An affair as the rest of the product would leave it in the database."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from alerts.context import Context
from storage.base import Database
from storage.bucket import Tally, count
from storage.incident import Concern, Incident, SpikeRow
from storage.mention import MOOD_BITS, Mention, MentionTopic
from storage.person import Person
from storage.release import Release
from storage.topic import Source, Topic, Visit

ZONE = ZoneInfo("Asia/Shanghai")


class Affair:
    """Makes rows; the ids stay, sessions do not."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.database = database
        self.now = now
        with database.begin() as session:
            topic = Topic(name="澄湖酸奶", query="澄湖", created=now)
            session.add(topic)
            session.flush()
            self.topic = topic.id
        self.incident = 0

    def person(self, email: str, language: str = "zh", **fields: object) -> int:
        with self.database.begin() as session:
            values = {"alerted": True, "password": "-", "created": self.now} | fields
            person = Person(email=email, name=email, language=language, **values)
            session.add(person)
            session.flush()
            return person.id

    def open(self, severity: int = 3, title: str = "酸奶里喝出异物") -> int:
        with self.database.begin() as session:
            incident = Incident(
                topic_id=self.topic,
                title=title,
                opened=self.now,
                last_spike=self.now,
                severity=severity,
                stage="outbreak",
                stage_at=self.now,
                stage_why={"key": "alerts.told_update_stage", "values": {"stage": "outbreak"}},
            )
            session.add(incident)
            session.flush()
            self.incident = incident.id
            self._spike(session, "doubt", self.now)
        return self.incident

    def spike(self, mood: str, at: datetime) -> None:
        with self.database.begin() as session:
            self._spike(session, mood, at)
            session.get_one(Incident, self.incident).last_spike = at

    def _spike(self, session: Session, mood: str, at: datetime) -> None:
        session.add(
            SpikeRow(
                topic_id=self.topic,
                incident_id=self.incident,
                at=at,
                mood=mood,
                score=0.97,
                rarity=1e-5,
                observed=42,
                expected=3.1,
                low=0,
                high=9,
                why={
                    "key": "alerts.told_update_more",
                    "values": {"moods": [mood], "stage": "outbreak"},
                },
            )
        )

    def change(self, **values: object) -> None:
        with self.database.begin() as session:
            incident = session.get_one(Incident, self.incident)
            for name, value in values.items():
                setattr(incident, name, value)

    def mention(self, text: str, minutes: float = 5, *moods: str, **fields: object) -> int:
        published = self.now - timedelta(minutes=minutes)
        labels = sum(MOOD_BITS[mood] for mood in moods)
        with self.database.begin() as session:
            number = session.query(Mention).count()
            values: dict[str, object] = {
                "platform": "weibo",
                "platform_id": f"{number}",
                "kind": "post",
                "first_seen": published,
                "last_seen": published,
            } | fields
            mention = Mention(text=text, published=published, labels=labels, **values)
            session.add(mention)
            session.flush()
            session.add(
                MentionTopic(mention_id=mention.id, topic_id=self.topic, published=published)
            )
            count(session, [Tally(self.topic, "weibo", published, labels)])
            return mention.id

    def concern(self, question: str, size: int = 12, *examples: int) -> None:
        with self.database.begin() as session:
            session.add(
                Concern(
                    incident_id=self.incident,
                    key=question[:60],
                    question=question,
                    size=size,
                    examples=list(examples),
                    updated=self.now,
                )
            )

    def statement(self, at: datetime) -> Release:
        """Return a statement published at ``at``, for a session to add."""
        return Release(
            number="CQ-1",
            uid="0b6e",
            incident_id=self.incident or None,
            topic_id=self.topic,
            kind="clarification",
            state="published",
            headline="关于产品的说明",
            content={},
            digest="0" * 64,
            author_id=1,
            created=at,
            updated=at,
            published=at,
        )

    def visit(self, source_id: int, outcome: str | None, at: datetime) -> None:
        with self.database.begin() as session:
            session.add(Visit(source_id=source_id, started=at, ended=at, outcome=outcome))

    def source(self, name: str = "微博搜索") -> int:
        with self.database.begin() as session:
            source = Source(name=name, kind="weibo", url="http://x", created=self.now)
            session.add(source)
            session.flush()
            return source.id


@pytest.fixture
def affair(database: Database, now: datetime) -> Affair:
    """A topic with nothing in it yet, on either database."""
    return Affair(database, now)


@pytest.fixture
def context() -> Context:
    return Context(zone=ZONE, address="http://127.0.0.1:8000")
