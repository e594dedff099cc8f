"""How fast mentions go through intake, scoring and counting, against the raw database.

    .venv/bin/python -m benchmarks.pipeline [COUNT]

Prints mentions per second of each step on one core, and the ratio to a bare ``executemany`` into
an SQLite table of the same rows, in the same run.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from analysis.moods import MoodModel
from analysis.query import parse
from chengqing.pipeline.classify import Reader, classify
from storage.base import Database
from storage.intake import accept
from storage.line import AuthorLine, MentionLine
from storage.seal import Seal
from storage.tables import Base
from storage.topic import Topic

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
TEXTS = ("獾杯掉渣了，还敢给孩子用吗", "求证，真的假的？", "抵制到底，必须严惩", "支持，处理得挺快")
BATCH = 1_000


def lines(count: int) -> list[MentionLine]:
    """Return mentions of four kinds spread over a day."""
    return [
        MentionLine(
            platform="weibo",
            id=str(number),
            text=f"{TEXTS[number % 4]} {number}",
            published=NOW - timedelta(seconds=number % 86_400),
            author=AuthorLine(id=str(number % 997), name=f"n{number % 997}"),
        )
        for number in range(count)
    ]


def timed(work: Callable[[], object]) -> float:
    """Return the seconds of processor time that ``work`` takes."""
    began = time.process_time()
    work()
    return time.process_time() - began


def main(count: int) -> None:
    """Run every step once and print its rate."""
    rows = lines(count)
    with tempfile.TemporaryDirectory() as folder:
        raw = timed(lambda: _raw(Path(folder) / "raw.db", rows))
        database = Database(f"sqlite:///{folder}/ours.db")
        Base.metadata.create_all(database.engine)
        with database.begin() as session:
            session.add(Topic(name="獾杯", query="獾杯", created=NOW))
        steps = {
            "intake": timed(lambda: _intake(database, rows)),
            "again (nothing new)": timed(lambda: _intake(database, rows)),
            "score and count": timed(
                lambda: classify(database, Reader(MoodModel.load(), {1: parse("獾杯")}))
            ),
        }
        database.close()
    print(f"{'raw executemany':22}{count / raw:12,.0f}/s")
    for name, seconds in steps.items():
        print(f"{name:22}{count / seconds:12,.0f}/s  {seconds / raw:6.1f} × raw")


def _raw(path: Path, rows: list[MentionLine]) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE m (platform, id, text, published, UNIQUE (platform, id))")
    values = [(row.platform, row.id, row.text, str(row.published)) for row in rows]
    connection.executemany("INSERT INTO m VALUES (?, ?, ?, ?)", values)
    connection.commit()
    connection.close()


def _intake(database: Database, rows: list[MentionLine]) -> None:
    seal = Seal("a secret of the benchmark that is long enough")
    for first in range(0, len(rows), BATCH):
        with database.begin() as session:
            accept(session, rows[first : first + BATCH], seal, NOW)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
