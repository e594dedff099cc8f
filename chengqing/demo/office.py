"""The demonstration's office: its people, topic, sources and facts, put in by the real code."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from chengqing import begin
from chengqing.demo.company import DemoCompany, DemoFact
from chengqing.demo.site import Addresses
from chengqing.wiring import Works
from crawler.source import SourceSpec
from releases.facts import NewEvidence, NewFact, enter, verify
from storage.person import Person, Role
from storage.release import Fact
from storage.topic import Topic

#: Everybody's password; the demonstration listens on this machine alone.
PASSWORD = "chengqing-demo"  # noqa: S105

#: Seconds of the demonstration's own time between two looks.
CRAWL_EVERY = 600
WORK: Mapping[str, int | str] = {
    "score": 120,
    "detect": 300,
    "send": 120,
    "digest": "08:30",
    "purge": "03:30",
}


def environment(company: DemoCompany, secret: str) -> dict[str, str]:
    """Return the settings that make this company the issuer."""
    profile = company.profile
    fields: dict[str, Any] = {
        "name": profile.name,
        "short": profile.short,
        "name_en": profile.name_en,
        "city": profile.city,
        "boilerplate": profile.boilerplate,
        "contact_name": profile.contact_name,
        "contact_phone": profile.contact_phone,
        "contact_email": profile.contact_email,
        "hotline": profile.hotline,
    }
    named = {f"CHENGQING_COMPANY_{key.upper()}": str(value) for key, value in fields.items()}
    return named | {"CHENGQING_SECRET": secret}


def furnish(works: Works, company: DemoCompany, urls: Addresses) -> None:
    """Bring in people, topic, sources and schedules."""
    for person in company.people:
        roles = [role for role in person.roles if role in set(Role)] or [Role.WATCHER.value]
        works.add_person(person.email, person.name, roles, PASSWORD)
    now = works.clock()
    with works.database.begin() as session:
        begin.add_topic(session, company.topic, company.query, now)
        for spec in sources(company, urls):
            begin.add_source(session, spec, now)
        begin.add_schedules(session, now, works.zone, WORK)


def sources(company: DemoCompany, urls: Addresses) -> list[SourceSpec]:
    """Return the three sources as an operator would add them."""
    searched = company.query.split(" OR ")[0]
    return [
        SourceSpec(name="微博搜索", kind="weibo", url=urls.weibo, query=searched, max_pages=40,
                   comments=5, every=CRAWL_EVERY),
        SourceSpec(name="家长论坛", kind="discuz", url=urls.forum, max_pages=20,
                   every=CRAWL_EVERY),
        SourceSpec(name="新闻", kind="feed", url=urls.feed, every=CRAWL_EVERY),
    ]  # fmt: skip


def enter_facts(works: Works, company: DemoCompany, now: datetime) -> int:
    """Let colleagues enter what they know and others verify it; return how many facts stand."""
    with works.database.begin() as session:
        if session.scalar(select(func.count()).select_from(Fact)):
            return 0
        topic = session.scalar(select(Topic).where(Topic.name == company.topic))
        if topic is None:
            raise LookupError(company.topic)
        people = {p.email: p for p in session.scalars(select(Person))}
        staff = {person.key: people[person.email] for person in company.people}
        for fact in company.facts:
            row = enter(session, topic.id, _new(fact, staff), staff[fact.entered_by], now)
            verify(session, row.id, staff[fact.verified_by], now)
    return len(company.facts)


def _new(fact: DemoFact, staff: Mapping[str, Person]) -> NewFact:
    return NewFact(
        statement=fact.statement,
        source=fact.source,
        kind=fact.kind,
        words=fact.words,
        owner_id=staff[fact.owner].id,
        evidence=[NewEvidence(note=fact.evidence)],
    )
