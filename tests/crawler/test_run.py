"""Workers that die, hang or lie."""

from __future__ import annotations

import sys
from datetime import datetime

import pytest

from crawler.outcome import Outcome, VisitReport
from crawler.run import run_crawl
from crawler.source import SourceSpec
from storage.line import MentionLine

SPEC = SourceSpec(name="a", kind="feed", url="http://127.0.0.1:9/feed")
MENTION = '{"mention": {"platform": "news", "id": "1", "text": "t"}}'
REPORT = '{"report": {"outcome": "ok", "items": 1, "fetched": 2}}'


def crawl(script: str, now: datetime, time_limit: float = 60) -> tuple[VisitReport, list[str]]:
    """Run a worker made of one line of Python, which has read its job first."""
    ids: list[str] = []
    command = [sys.executable, "-S", "-c", f"import sys, os, time; sys.stdin.read(); {script}"]
    report = run_crawl(SPEC, lambda line: ids.append(line.id), now, time_limit, worker=command)
    return report, ids


def test_a_worker_that_keeps_to_the_form_is_believed(now: datetime) -> None:
    report, ids = crawl(f"print('''{MENTION}\\n{REPORT}''')", now)
    assert (report.outcome, report.fetched, ids) == (Outcome.OK, 2, ["1"])


def test_a_killed_worker_leaves_what_it_had_and_its_last_words(now: datetime) -> None:
    script = f"print('{MENTION}', flush=True); print('out of memory', file=sys.stderr, flush=True)"
    report, ids = crawl(f"{script}; os.kill(os.getpid(), 9)", now)
    assert (report.outcome, report.items, report.state, ids) == (
        Outcome.NETWORK_ERROR,
        1,
        None,
        ["1"],
    )
    assert report.detail is not None
    assert "out of memory" in str(report.detail.values["what"])
    assert "-9" in str(report.detail.values["what"])


def test_a_hanging_worker_is_ended_at_its_time(now: datetime) -> None:
    report, ids = crawl(f"print('{MENTION}', flush=True); time.sleep(60)", now, time_limit=-3)
    assert (report.outcome, report.items, ids) == (Outcome.TIMEOUT, 1, ["1"])
    assert report.seconds < 30


@pytest.mark.parametrize("words", ["not json", "[1]", '{"mention": {"id": 5}}', '{"report": {}}'])
def test_a_lying_worker_is_refused(words: str, now: datetime) -> None:
    report, _ = crawl(f"print('''{words}''')", now)
    assert report.outcome is Outcome.NETWORK_ERROR
    assert report.detail is not None
    assert report.detail.key == "crawler.worker_died"


def test_a_line_without_end_is_not_collected(now: datetime) -> None:
    report, _ = crawl("[sys.stdout.write('x' * 2**20) for _ in range(40)]", now)
    assert report.outcome is Outcome.NETWORK_ERROR
    assert report.detail is not None
    assert "without end" in str(report.detail.values["what"])


def test_what_the_caller_raises_ends_the_visit(now: datetime) -> None:
    def refuse(line: MentionLine) -> None:
        raise RuntimeError("database is away")

    command = [sys.executable, "-S", "-c", f"print('{MENTION}', flush=True); input()"]
    with pytest.raises(RuntimeError, match="away"):
        run_crawl(SPEC, refuse, now, worker=command)


def test_a_naive_time_is_refused(now: datetime) -> None:
    with pytest.raises(ValueError, match="zone"):
        run_crawl(SPEC, lambda line: None, now.replace(tzinfo=None))
