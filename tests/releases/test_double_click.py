"""Two people, or one impatient one, click at the same instant; on both kinds of database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select

from releases import workflow
from releases.draft import write_draft
from releases.refusal import NotAllowed
from storage.person import Person
from storage.release import Release, Step


def at_once(database, act):
    gate = Barrier(2)

    def run(_):
        gate.wait()
        try:
            with database.begin() as session:
                return act(session)
        except NotAllowed as refused:
            return refused.key

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(run, range(2)))


def test_one_of_two_clicks_publishes(database, now, furnishing):
    with database.begin() as session:
        room = furnishing(session, now)
        room.concern("内胆的涂层有没有毒？", 50, ("涂层",))
        room.fact("内胆涂层检测未检出有害物质迁移。", "涂层")
        release = room.agree(room.submit(room.draft()))
        publisher, number, terms = room.people["publisher"].id, release.id, room.terms

    def publish(session):
        person = session.get_one(Person, publisher)
        return workflow.publish(session, number, person, now, terms).state

    assert sorted(at_once(database, publish)) == ["published", "releases.already_published"]
    with database.read() as session:
        wanted = select(func.count()).select_from(Step).where(Step.action == "publish")
        assert session.scalar(wanted) == 1


def test_two_clicks_make_one_draft(database, now, furnishing):
    with database.begin() as session:
        room = furnishing(session, now)
        author, incident, terms = room.people["author"].id, room.incident.id, room.terms

    def draft(session):
        person = session.get_one(Person, author)
        return write_draft(session, incident, person, now, terms).number

    assert at_once(database, draft) == ["CB-2026-0001"] * 2
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Release)) == 1
