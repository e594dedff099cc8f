"""When a source did not see, and when that makes a topic unknown."""

from datetime import datetime, timedelta

from chengqing.pipeline.blind import Eye, merged

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def eye(now: datetime, *visits: tuple[int, str, bool]) -> Eye:
    found = Eye(10 * MINUTE)
    for minutes, outcome, capped in visits:
        found.visited(now + minutes * MINUTE, outcome, capped=capped)
    return found


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
