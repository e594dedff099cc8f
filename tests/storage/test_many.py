"""Many rows at once: as many values as one likes, names in any order, moments as they are kept."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import bindparam, insert, select, text, update

from storage.base import Database
from storage.bucket import Bucket
from storage.many import as_stored, one_of, upsert, write
from storage.story import FoldKey
from storage.topic import Topic

RENAME = update(Topic).where(Topic.id == bindparam("number")).values(name=bindparam("called"))


def test_one_of_takes_any_number_of_values(database: Database, now: datetime) -> None:
    with database.begin() as session:
        for number, name in ((1, "獾杯"), (2, 'it\'s "a" 云獾\\'), (3, "其他")):
            session.add(Topic(id=number, name=name, query="x", created=now))
        session.flush()
        wanted = select(Topic.id).order_by(Topic.id)
        mine = one_of(session, Topic.id, range(2, 70_000))
        assert session.scalars(wanted.where(mine)).all() == [2, 3]
        named = one_of(session, Topic.name, {"獾杯", 'it\'s "a" 云獾\\', "?"})
        assert session.scalars(wanted.where(named)).all() == [1, 2]
        assert session.scalars(wanted.where(one_of(session, Topic.id, []))).all() == []


def test_values_find_their_place_by_name(database: Database, now: datetime) -> None:
    moment = now.astimezone(timezone(timedelta(hours=8)))
    with database.begin() as session:
        form = as_stored(session)
        names = ("created", "query", "name", "id")
        write(session, insert(Topic), names, [(form(moment), "q", f"t{n}", n) for n in (1, 2)])
        write(session, RENAME, ("called", "number"), [("一", 1)])
        write(session, RENAME, ("number", "called"), [(2, "二")])
        write(session, RENAME, ("number", "called"), [])
    with database.read() as session:
        rows = session.execute(select(Topic.name, Topic.created).order_by(Topic.id)).all()
        assert [tuple(row) for row in rows] == [("一", now), ("二", now)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(moment=st.datetimes(timezones=st.timezones(), allow_imaginary=False))
def test_a_moment_is_kept_as_the_orm_keeps_it(sqlite_database: Database, moment: datetime) -> None:
    if not 2 < moment.year < 9998:
        return
    with sqlite_database.read() as session:
        session.add(Topic(id=1, name="獾杯", query="x", created=moment))
        session.flush()
        held = session.scalar(text("SELECT created FROM topic"))
        assert held == as_stored(session)(moment)


def test_an_upsert_replaces_or_adds(database: Database, now: datetime) -> None:
    with database.begin() as session:
        session.add(Topic(id=1, name="獾杯", query="x", created=now))
        session.flush()
        for mention in (7, 8):
            upsert(session, FoldKey, ("key",), ("mention_id", "published"), [(1, mention, 0)])
        key = ("topic_id", "width", "start", "platform", "copy")
        curves = ("volume", "anxiety", "doubt", "hostility", "support")
        for _ in range(2):
            row = (1, 60, 0, "weibo", False, 2, 1, 0, 0, 0)
            upsert(session, Bucket, key, curves, [row], add=True)
        assert session.scalar(select(FoldKey.mention_id)) == 8
        assert session.execute(select(Bucket.volume, Bucket.anxiety)).one() == (4, 2)
