"""When a source did not see, and when that makes a topic unknown."""

from datetime import datetime, timedelta

from sqlalchemy import select

from chengqing.pipeline.blind import Eye, Eyes, Stretch, merged
from storage.base import Database
from storage.schedule import Schedule
from storage.topic import Source, Visit

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def eye(now: datetime, *visits: tuple[int, str, bool]) -> Eye:
    found = Eye(10 * MINUTE)
    for minutes, outcome, capped in visits:
        found.visited(now + minutes * MINUTE, outcome, capped=capped)
    return found


def visited(database: Database, now: datetime, *visits: tuple[int, str]) -> None:
    """Store a source with visits: days after ``now``, and what each came to."""
    with database.begin() as session:
        source = Source(name="来源", kind="feed", url="https://example.org/", created=now)
        session.add(source)
        session.flush()
        row = Schedule(name="来源", work="crawl", source_id=source.id, every=600, next_at=now)
        session.add(row)
        for day, outcome in visits:
            at = now + day * DAY
            session.add(Visit(source_id=source.id, started=at, ended=at, outcome=outcome))


def test_a_source_that_fails_is_blind_since_it_last_saw(now: datetime) -> None:
    blind = eye(now, (0, "ok", False), (10, "blocked", False), (20, "timeout", False))
    assert blind.stretches(now + HOUR) == [(now, now + HOUR)]
    assert eye(now, (0, "blocked", False)).stretches(now + HOUR) == []  # it never saw


def test_a_source_is_blind_when_its_visits_do_not_come(now: datetime) -> None:
    held = eye(now, (0, "empty", False))
    assert held.stretches(now + 40 * MINUTE) == []
    assert held.stretches(now + HOUR) == [(now, now + HOUR)]


def test_a_visit_that_reads_back_to_the_known_leaves_no_gap(now: datetime) -> None:
    visits = ((0, "ok", False), (10, "blocked", False), (300, "ok", False))
    assert eye(now, *visits).stretches(now + 301 * MINUTE) == []
    cut = (*visits[:2], (300, "ok", True))
    assert eye(now, *cut).stretches(now + 301 * MINUTE) == [(now, now + 300 * MINUTE)]


def test_a_visit_read_twice_counts_once(now: datetime) -> None:
    held = eye(now, (0, "ok", False), (10, "ok", False), (0, "blocked", False))
    assert held.stretches(now + 11 * MINUTE) == []


def test_a_topic_is_unknown_while_half_of_what_feeds_it_is_blind(now: datetime) -> None:
    one, two = (now, now + 3 * HOUR), (now + HOUR, now + 5 * HOUR)
    assert merged([(0.3, one), (0.3, two)]) == [(now + HOUR, now + 3 * HOUR)]
    assert merged([(0.6, one), (0.3, two)]) == [one]
    assert merged([(0.4, one)]) == []


def test_a_source_blind_for_longer_than_is_read_is_still_blind(
    database: Database, now: datetime
) -> None:
    visited(database, now, (0, "ok"), (1, "blocked"), (19, "blocked"))
    late = now + 20 * DAY
    with database.read() as session:
        assert Eyes().look(session, late - 15 * DAY, late) == {1: [(now, late)]}


def test_a_source_watched_again_is_seen_as_if_looked_at_anew(
    database: Database, now: datetime
) -> None:
    visited(database, now, (0, "ok"))
    eyes, late = Eyes(), now + HOUR

    def look(eyes: Eyes) -> dict[int, list[Stretch]]:
        with database.read() as session:
            return eyes.look(session, now - HOUR, late)

    def switch(on: bool) -> None:
        with database.begin() as session:
            session.scalars(select(Source)).one().enabled = on

    before = look(eyes)
    assert before == {1: [(now, late)]}
    switch(False)
    assert look(eyes) == {}
    switch(True)
    assert look(eyes) == look(Eyes()) == before
