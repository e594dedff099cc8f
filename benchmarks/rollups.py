"""How long the roll-ups of one and of ten million mentions take to read.

    .venv/bin/python -m benchmarks.rollups [--kind postgresql] [--count 1000000] [--days 90]

Draws COUNT mentions evenly over DAYS, on twenty topics (the n-th gets a share of 1/n) and five
platforms, a tenth of them copies, and writes the counts they would have. Then the largest topic is
read by minute over the last day and by hour over the last 90 days, and all topics by hour over the
last day, through the functions that the product uses. Prints the median of the processor's time,
ours and the database server's, and the best of the clock: on a busy machine the first is the truth.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks.databases import fresh
from storage import bucket
from storage.base import Database
from storage.bucket import HOUR, MINUTE
from storage.mention import MOOD_BITS
from storage.topic import Topic

END = datetime(2026, 5, 20, tzinfo=UTC)
DAY = 86_400
TOPICS = 20
PLATFORMS = ("discuz", "douyin", "news", "weibo", "zhihu")
ROUNDS = 25
Cell = tuple[int | str | bool, ...]


def main() -> None:
    """Fill and read once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=90)
    given = parser.parse_args()
    with fresh(given.kind) as database:
        began = time.perf_counter()
        with database.begin() as session:
            session.add_all(
                Topic(id=n, name=f"topic {n}", query="x", created=END) for n in range(1, TOPICS + 1)
            )
        filled = (fill(database, *part) for day in days(given.count, given.days) for part in day)
        rows = sum(filled)
        spent = time.perf_counter() - began
        print(f"{given.kind}: {given.count:,} mentions of {given.days} days are {rows:,} counts")
        print(f"(written in {spent:.0f} s)\n\n| read | buckets | processor ms | clock ms |")
        print("|---|---|---|---|")
        for name, read in READS.items():
            print(f"| {name} | {timed(database, read)} |")


def days(count: int, length: int) -> Iterator[Iterator[tuple[str, list[Cell]]]]:
    """Yield the rows of each day by table, the latest last."""
    rng = np.random.default_rng(7)
    share = 1 / np.arange(1, TOPICS + 1)
    for number in range(length):
        size = count * (number + 1) // length - count * number // length
        start = int(END.timestamp()) - (length - number) * DAY
        topic = rng.choice(TOPICS, size, p=share / share.sum()) + 1
        platform, copy = rng.integers(0, len(PLATFORMS), size), rng.random(size) < 0.1
        moods = rng.random((size, len(MOOD_BITS))) < 0.2
        second = rng.integers(0, DAY, size)
        yield tables(start, (topic, second, platform, copy), np.c_[np.ones(size, bool), moods])


def tables(
    start: int, mentions: tuple[np.ndarray, ...], values: np.ndarray
) -> Iterator[tuple[str, list[Cell]]]:
    """Yield what a day adds to each table, in the order of its clustered index."""
    topic, second, platform, copy = mentions
    for width in (HOUR, MINUTE):
        key, sums = summed((topic, second // width, platform, copy), values)
        when = [start + step * width for step in key[1]]
        where = [PLATFORMS[place] for place in key[2]]
        rows = zip(key[0], when, where, map(bool, key[3]), *sums, strict=True)
        yield "bucket", [(row[0], width, *row[1:]) for row in rows]
        both = np.c_[values, values & copy[:, None]]
        key, sums = summed((topic, second // width), both)
        when = [start + step * width for step in key[1]]
        rows = zip(key[0], when, *sums, strict=True)
        yield "bucket_total", [(row[0], width, *row[1:]) for row in rows]


def summed(
    places: tuple[np.ndarray, ...], values: np.ndarray
) -> tuple[list[list[int]], list[list[int]]]:
    """Return the different places in order, column by column, and the sums of each."""
    code = np.zeros(len(values), np.int64)
    for part in places:
        code = code * DAY + part
    keys, inverse = np.unique(code, return_inverse=True)
    parts: list[list[int]] = []
    for _ in places:
        keys, part = np.divmod(keys, DAY)
        parts.insert(0, part.tolist())
    return parts, [np.bincount(inverse, column).astype(int).tolist() for column in values.T]


def fill(database: Database, table: str, rows: list[Cell]) -> int:
    """Write rows past everything that could slow it down; return how many."""
    with database.engine.begin() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        if database.is_sqlite:
            marks = ", ".join("?" * len(rows[0]))
            raw.cursor().executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        else:
            with raw.cursor().copy(f"COPY {table} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
    return len(rows)


def _ago(days: int) -> datetime:
    return END - timedelta(days=days)


def _all(session: Session) -> list[bucket.Counts]:
    return list(chain.from_iterable(bucket.by_topic(session, _ago(1), END).values()))


READS: dict[str, Callable[[Session], Sequence[object]]] = {
    "one topic by minute, 24 h": lambda s: bucket.read(s, 1, _ago(1), END, MINUTE),
    "the same, folded": lambda s: bucket.read(s, 1, _ago(1), END, MINUTE, folded=True),
    "one topic by hour, 90 d": lambda s: bucket.read(s, 1, _ago(90), END, HOUR),
    "all topics by hour, 24 h": _all,
}


def timed(database: Database, read: Callable[[Session], Sequence[object]]) -> str:
    """Return buckets, median milliseconds of processor time and best of the clock, as cells."""
    found: Sequence[object] = ()
    busy, spent = [], []
    for _ in range(ROUNDS):
        with database.read() as session:
            server = 0 if database.is_sqlite else session.scalar(text("SELECT pg_backend_pid()"))
            began = _busy(server or 0), time.perf_counter()
            found = read(session)
            spent.append(1_000 * (time.perf_counter() - began[1]))
            busy.append(_busy(server or 0) - began[0])
    return f"{len(found):,} | {statistics.median(busy):.1f} | {min(spent):.1f}"


def _busy(server: int) -> float:
    """Return the milliseconds of processor time of this process and of the server's, on Linux."""
    held = Path(f"/proc/{server}/schedstat")
    theirs = int(held.read_text().split()[0]) / 1e6 if server and held.exists() else 0.0
    return 1_000 * time.process_time() + theirs


if __name__ == "__main__":
    main()
