"""Signals: spikes in any series, and recorded affairs replayed."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from chengqing.cli.base import Given, Refused, command, language, sentence, text

if TYPE_CHECKING:
    from analysis.moods import MoodModel

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # wall clock time is counted from it
#: Epoch seconds between which a time has a date.
FIRST = datetime.min.replace(tzinfo=UTC).timestamp()
LAST = datetime.max.replace(tzinfo=UTC).timestamp()
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
#: The rules of ``analysis.peers``, ours first; named here so that ``--help`` needs no NumPy.
PEERS = ("chengqing", "ratio", "sigma", "robust")

#: Rows of the table that are no stream's: its head, the rule under it, and the sums.
FRAME = 3


@click.command("detect", help=text("help_detect"))
@click.argument("file", type=FILE)
@click.option("--zone", help=text("help_zone"))
@click.pass_obj
@command
def detect_(given: Given, file: Path, zone: str | None) -> None:
    """Judge each point of ``timestamp,value`` rows by those before it."""
    from analysis.spikes import score_points

    stamps, times, values, written = _points(file, ZoneInfo(given.settings(zone=zone).zone))
    try:
        scores, spikes = score_points(times, values)
    except ValueError as error:
        raise Refused(text("bad_times", path=file)) from error
    shown = map("{:.4f}".format, scores.tolist())
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["timestamp", "value", "score", "spike"])
    out.writerows(zip(stamps, written, shown, map(int, spikes.tolist()), strict=True))


def _points(path: Path, zone: ZoneInfo) -> tuple[list[str], list[float], list[float], list[str]]:
    """Return timestamps as written and in epoch seconds, and values as numbers and as written."""
    stamps, times, values, written = [], [], [], []
    epoch = _reader(zone)
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        for number, row in enumerate(csv.reader(file), start=1):
            if not row or (number == 1 and row[0].strip().lower() == "timestamp"):
                continue
            try:
                stamp, value = row[0].strip(), row[1].strip()
                times.append(_in_calendar(epoch(stamp)))
                values.append(float(value) if value else float("nan"))
            except (ValueError, IndexError, OverflowError) as error:
                raise Refused(text("bad_row", path=path, number=number), 1) from error
            stamps.append(stamp)
            written.append(value)
    return stamps, times, values, written


def _in_calendar(seconds: float) -> float:
    if not FIRST <= seconds <= LAST:
        raise ValueError(seconds)
    return seconds


def _reader(zone: ZoneInfo) -> Callable[[str], float]:
    """Return what reads a timestamp; a zone is slow to ask, so it is asked once a day."""

    @cache
    def ahead(day: str) -> float | None:
        first = datetime.fromisoformat(day).replace(tzinfo=zone)
        last = first.replace(hour=23, minute=59, second=59)
        same = first.utcoffset() == last.utcoffset()
        return first.replace(tzinfo=UTC).timestamp() - first.timestamp() if same else None

    def read(stamp: str) -> float:
        if stamp[4:5] != "-":
            try:
                return float(stamp)
            except ValueError:
                pass
        at = datetime.fromisoformat(stamp)
        if at.tzinfo is not None:
            return at.timestamp()
        offset = ahead(stamp[:10]) if stamp[7:8] == "-" else None
        if offset is None:
            return at.replace(tzinfo=zone).timestamp()
        return (at - EPOCH).total_seconds() - offset

    return read


@click.command("backtest", help=text("help_backtest"))
@click.argument("stream", type=FILE, required=False)
@click.option("--topic", help=text("help_backtest_topic"))
@click.option("--rule", type=click.Choice(PEERS), default=PEERS[0], help=text("help_backtest_rule"))
@click.option("--table", "folder", type=FOLDER, help=text("help_backtest_table"))
@click.pass_obj
@command
def backtest_(
    given: Given, stream: Path | None, topic: str | None, rule: str, folder: Path | None
) -> None:
    """Replay a recorded affair and print what was found and when."""
    from analysis.moods import ModelError
    from analysis.query import QueryError
    from chengqing.backtest import backtest
    from chengqing.models import model_of

    if (stream is None) == (folder is None):
        raise Refused(text("backtest_what"), 2)
    settings = given.settings()
    try:
        model = model_of(settings)
        if folder is not None:
            _table(folder, model)
        elif stream is not None:
            zone = ZoneInfo(settings.zone)
            found = backtest(stream, model, zone, topic, language(), rule)
            click.echo(json.dumps(found, ensure_ascii=False, indent=1))
            if not found["mentions"]:
                raise Refused(text("backtest_empty", path=stream))
    except QueryError as error:
        raise Refused(sentence(error.why), 2) from error
    except ModelError as error:
        raise Refused(sentence(error.why), 2) from error


def _table(folder: Path, model: MoodModel) -> None:
    """Print every rule's record on every stream of a folder, as each is known."""
    from chengqing.comparison import table

    rows = 0
    head = text("table_stream"), text("table_starts")
    for row in table(sorted(folder.glob("*.jsonl")), model, head):
        click.echo(row)
        rows += 1
    if rows <= FRAME:
        raise Refused(text("table_empty", path=folder))
