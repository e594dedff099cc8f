from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from releases import audit
from releases.canonical import canonical
from releases.company import Company
from releases.numbers import next_number, prefix
from releases.terms import Terms
from storage.release import Step


def log(database, now, count=5):
    with database.begin() as session:
        for number in range(count):
            audit.append(
                session, ("fact", number), "enter", None, now, {"文": "涂层", "n": [number, (1, 2)]}
            )


def test_an_untouched_chain_is_whole_and_its_head_moves(database, now):
    log(database, now)
    with database.read() as session:
        assert audit.verify_chain(session) == []
        before = audit.head(session)
    log(database, now + timedelta(microseconds=1), 1)
    with database.read() as session:
        assert audit.verify_chain(session) == []
        assert audit.head(session) != before
        assert [step.data["n"] for step in audit.steps_of(session, "fact", 3)] == [[3, [1, 2]]]


def test_an_empty_chain_is_whole(database):
    with database.read() as session:
        assert audit.verify_chain(session) == []
        assert audit.head(session) == audit.ROOT


@pytest.mark.parametrize(
    "values",
    [
        {"action": "verify"},
        {"subject_id": 9},
        {"data": {"n": 1}},
        {"hash": "f" * 64},
        {"previous": "f" * 64},
    ],
)
def test_a_step_that_was_altered_is_found(sqlite_database, now, values):
    log(sqlite_database, now)
    with sqlite_database.begin() as session:
        session.execute(update(Step).where(Step.id == 3).values(**values))
    with sqlite_database.read() as session:
        problems = audit.verify_chain(session)
    assert problems
    assert {problem.step_id for problem in problems} <= {3, 4}
    assert problems[0].say() != problems[0].say("en")


def test_a_step_that_was_removed_or_moved_in_time_is_found(sqlite_database, now):
    log(sqlite_database, now)
    with sqlite_database.begin() as session:
        session.execute(delete(Step).where(Step.id == 2))
        session.execute(update(Step).where(Step.id == 4).values(at=now + timedelta(seconds=1)))
    with sqlite_database.read() as session:
        found = [(one.step_id, one.key) for one in audit.verify_chain(session)]
    assert found == [(3, "releases.chain_broken"), (4, "releases.chain_altered")]


def test_many_at_once_make_one_chain(database, now):
    def write(worker):
        for number in range(5):
            with database.begin() as session:
                audit.append(session, ("fact", worker), "enter", None, now, {"n": number})

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))
    with database.read() as session:
        assert audit.verify_chain(session) == []
        assert session.query(Step).count() == 30


def test_many_at_once_get_numbers_of_their_own_without_gaps(database, now):
    terms = Terms(Company())

    def take(_):
        with database.begin() as session:
            return next_number(session, now, terms)

    with ThreadPoolExecutor(6) as pool:
        numbers = sorted(pool.map(take, range(20)))
    assert numbers == [f"CQ-2026-{number:04}" for number in range(1, 21)]


def test_what_is_rolled_back_takes_its_number_along(database, now):
    terms = Terms(Company())
    with suppress(RuntimeError), database.begin() as session:
        next_number(session, now, terms)
        raise RuntimeError
    with database.begin() as session:
        assert next_number(session, now, terms) == "CQ-2026-0001"


def test_a_prefix_is_safe_in_an_address():
    names = {"": "CQ", "云朵獾": "CQ", "Acme": "CQ", "Cloud Badger": "CB", "a/b c-d e f": "ABCD"}
    assert {name: prefix(Company(name_en=name)) for name in names} == names


def test_one_value_has_one_form():
    assert canonical({"b": 1, "a": ["文", None]}) == b'{"a":["\\u6587",null],"b":1}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"a": float("nan")})
