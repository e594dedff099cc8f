"""What is computed before it is drawn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.response import Said, milestones
from dashboard.charts import MOST_POINTS, RANGES, grid, shares, span_hours, spread
from dashboard.clock import Mark, targets
from dashboard.pages import safe_link
from dashboard.posts import fold
from dashboard.sight import Sight, blind_spans
from storage.bucket import CURVES, Counts
from storage.mention import Mention
from storage.topic import Source, Visit

NOW = datetime(2026, 5, 20, 12, 34, tzinfo=UTC)


@given(st.integers(1, 400 * 24 * 60), st.integers(0, 10**6))
def test_a_grid_is_bounded_and_ends_with_whole_steps(minutes, shift):
    until = NOW + timedelta(seconds=shift)
    on = grid(until - timedelta(minutes=minutes), until)
    assert on.size <= MOST_POINTS
    assert on.until <= until
    assert on.start % on.step == 0


@given(st.lists(st.tuples(st.integers(0, 119), st.integers(0, 50)), max_size=80))
def test_no_count_is_lost_in_steps(cells):
    on = grid(NOW - timedelta(hours=6), NOW)
    rows = [
        Counts(on.start + minute * 60, dict.fromkeys(CURVES, value))
        for minute, value in cells
        if minute * 60 < on.step * on.size
    ]
    made = spread(rows, on, on.start)
    whole = sum(row.values["volume"] for row in rows)
    assert sum(value or 0 for value in made["volume"]) == whole


def test_before_anything_was_watched_is_unknown_and_after_it_zero():
    on = grid(NOW - timedelta(hours=6), NOW)
    made = spread([], on, on.start + 3 * on.step)["volume"]
    assert made[:3] == [None] * 3
    assert set(made[3:]) == {0}
    assert set(spread([], on, None)["volume"]) == {None}


def test_shares_of_too_few_are_unknown():
    counts = {"volume": [None, 4, 10], "doubt": [None, 4, 4]}
    assert shares(counts) == {"doubt": [None, None, 40.0]}


def test_the_range_shows_an_affair_with_calm_before_it():
    assert span_hours(None, NOW) == 24
    assert span_hours(NOW - timedelta(minutes=10), NOW) == 1
    assert span_hours(NOW - timedelta(hours=4), NOW) == 6
    assert span_hours(NOW - timedelta(days=900), NOW) == RANGES[-1]


def test_the_clock_runs_is_met_late_and_missed():
    start = NOW - timedelta(hours=5)
    said = [Said(start + timedelta(minutes=50), True, False)]
    said.append(Said(start + timedelta(hours=4, minutes=30), False, False))
    found = targets(start, milestones(start + timedelta(minutes=10), said), NOW)
    assert [one.mark for one in found] == [Mark.MET, Mark.MET, Mark.LATE, Mark.RUNNING]
    silent = targets(start, milestones(None, []), NOW)
    assert [one.mark for one in silent] == [Mark.MISSED] * 3 + [Mark.RUNNING]
    assert silent[3].left == timedelta(hours=19)


@pytest.mark.parametrize(
    "bad", [None, "", "javascript:alert(1)", "data:x", "http://", "//x", "http://[", "ftp://x"]
)
def test_only_web_addresses_become_links(bad):
    assert safe_link(bad) is None


def test_web_addresses_do():
    assert safe_link(" https://m.weibo.cn/detail/1 ") == "https://m.weibo.cn/detail/1"


def mention(number: int, story: int | None = None, platform: str = "weibo") -> Mention:
    at = NOW - timedelta(minutes=number)
    return Mention(id=number, story=story, text="支持", platform=platform, published=at)


def test_copies_fold_by_their_story_whether_its_first_is_among_them_or_not():
    posts = fold([mention(1), mention(2, 1, "forum"), mention(3), mention(5, 4), mention(6, 4)])
    assert [(post.mention.id, post.copies) for post in posts] == [(1, 2), (3, 1), (5, 2)]
    assert posts[0].platforms == ("weibo", "forum")
    assert posts[0].first == NOW - timedelta(minutes=2)


def visit(minutes: int, outcome: str | None) -> Visit:
    return Visit(source_id=1, started=NOW - timedelta(minutes=minutes), outcome=outcome)


def source(enabled: bool = True) -> Source:
    return Source(id=1, name="s", kind="feed", url="u", enabled=enabled)


def test_sight():
    assert Sight(source(), []).state == "unknown"
    assert Sight(source(), [visit(0, None)]).state == "unknown"
    assert Sight(source(), [visit(0, None), visit(1, "empty")]).state == "seeing"
    weather = Sight(source(), [visit(1, "timeout"), visit(2, "ok")])
    assert (weather.state, weather.since) == ("failing", NOW - timedelta(minutes=1))
    wall = Sight(source(), [visit(n, "blocked") for n in (1, 2, 3)])
    assert (wall.state, wall.since) == ("blind", NOW - timedelta(minutes=3))
    assert Sight(source(False), []).state == "paused"


def test_blind_from_the_first_failure_to_the_next_sight(sqlite_database):
    with sqlite_database.begin() as session:
        session.add(Source(name="s", kind="feed", url="u", created=NOW))
        session.flush()
        for minutes, outcome in (
            (50, "ok"),
            (40, "blocked"),
            (30, "timeout"),
            (20, "ok"),
            (5, "blocked"),
        ):
            session.add(visit(minutes, outcome))
    with sqlite_database.read() as session:
        spans = blind_spans(session, NOW - timedelta(hours=1), NOW)
    assert [(NOW - start, NOW - end) for start, end, _ in spans] == [
        (timedelta(minutes=40), timedelta(minutes=20)),
        (timedelta(minutes=5), timedelta(0)),
    ]
