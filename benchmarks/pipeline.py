"""How fast mentions go through intake, scoring, folding and counting, against the raw database.

    .venv/bin/python -m benchmarks.pipeline [COUNT] [--kind postgresql] [--topics N]

Prints mentions per second of each step, by the processor time of this process and by the clock,
and the ratio to a bare ``executemany`` of four columns with one unique key, in the same run. Of the
posts half are too short to be copies, and of the others every tenth is one; every post belongs to
one topic. The model is loaded before the clock starts.
"""

from __future__ import annotations

import argparse
import gc
import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from analysis.moods import MoodModel
from analysis.query import parse
from benchmarks.databases import fresh
from chengqing.pipeline.classify import Reader, classify, rescore
from storage.base import Database
from storage.intake import accept
from storage.line import AuthorLine, MentionLine
from storage.seal import Seal
from storage.topic import Topic

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
TEXTS = ("獾杯掉渣了", "獾杯 求证，真的假的？", "抵制獾杯到底", "獾杯，支持")
BATCH = 1_000


def lines(count: int) -> list[MentionLine]:
    """Return mentions spread over a day, latest last."""
    rng = random.Random(5)
    long = [""]
    texts = []
    for number in range(count):
        if number % 20 == 1:
            texts.append(f"转：{rng.choice(long)}")
        elif number % 2:
            long.append("獾杯" + "".join(chr(rng.randrange(0x4E00, 0x5600)) for _ in range(60)))
            texts.append(long[-1])
        else:
            texts.append(f"{TEXTS[number % 4]} {number}")
    return [
        MentionLine(
            platform=("weibo", "discuz")[number % 2],
            id=str(number),
            text=text,
            published=NOW - timedelta(seconds=(count - number) * 86_400 // count),
            author=AuthorLine(id=str(number % 997), name=f"n{number % 997}"),
        )
        for number, text in enumerate(texts)
    ]


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds of processor time and of the clock that ``work`` takes."""
    began = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - began[0], time.perf_counter() - began[1]


def main() -> None:
    """Run every step once and print its rate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=20_000)
    parser.add_argument("--kind", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--topics", type=int, default=1)
    given = parser.parse_args()
    rows = lines(given.count)
    queries = {1: parse("獾杯")}
    queries |= {n: parse(f"牌子{n}号 AND 产品 OR 公司{n}") for n in range(2, given.topics + 1)}
    model = MoodModel.load()
    for first in range(0, len(rows), BATCH):
        model.read([row.text for row in rows[first : first + BATCH]])
    with fresh(given.kind) as database:
        with database.begin() as session:
            session.add(Topic(id=1, name="獾杯", query="獾杯", created=NOW))
        reader = Reader(model, queries)
        steps = {
            "raw executemany": lambda: _raw(database, rows),
            "intake": lambda: _intake(database, rows),
            "again (nothing new)": lambda: _intake(database, rows),
            "score, fold, count": lambda: classify(database, reader),
            "score again": lambda: rescore(database, Reader(_other(model), queries)),
        }
        # Or the collector would walk over the prepared posts again and again.
        gc.freeze()
        spent = {name: timed(work) for name, work in steps.items()}
    print(f"| {given.kind}, {given.topics} topics | CPU /s | × raw | clock /s |\n|---|---|---|---|")
    for name, (cpu, clock) in spent.items():
        ratio = cpu / spent["raw executemany"][0]
        print(f"| {name} | {given.count / cpu:,.0f} | {ratio:.1f} | {given.count / clock:,.0f} |")


def _other(model: MoodModel) -> MoodModel:
    """Return a model of another version and other labels."""
    return replace(model, version="other", thresholds=dict.fromkeys(model.thresholds, 0.1))


def _raw(database: Database, rows: list[MentionLine]) -> None:
    mark = "?" if database.is_sqlite else "%s"
    values = [(row.platform, row.id, row.text, str(row.published)) for row in rows]
    with database.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE raw (platform text, id text, words text, published text,"
            " UNIQUE (platform, id))"
        )
        connection.exec_driver_sql(f"INSERT INTO raw VALUES ({', '.join([mark] * 4)})", values)


def _intake(database: Database, rows: list[MentionLine]) -> None:
    seal = Seal("a secret of the benchmark that is long enough")
    for first in range(0, len(rows), BATCH):
        with database.begin() as session:
            accept(session, rows[first : first + BATCH], seal, NOW)


if __name__ == "__main__":
    main()
