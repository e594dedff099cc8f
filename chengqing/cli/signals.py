"""Signals: spikes in any series, and recorded affairs replayed."""

from __future__ import annotations

import csv
import json
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from chengqing.cli.base import Given, Refused, command, language, text

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command("detect", help=text("help_detect"))
@click.argument("file", type=FILE)
@click.option("--zone", help=text("help_zone"))
@click.pass_obj
@command
def detect_(given: Given, file: Path, zone: str | None) -> None:
    """Judge each point of ``timestamp,value`` rows by those before it."""
    from analysis.spikes import score_points

    rows = _points(file, ZoneInfo(given.settings(zone=zone).zone))
    try:
        scores, spikes = score_points([at for _, at, _, _ in rows], [v for _, _, v, _ in rows])
    except ValueError as error:
        raise Refused(str(error)) from error
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["timestamp", "value", "score", "spike"])
    for (stamp, _, _, value), score, spike in zip(rows, scores, spikes, strict=True):
        out.writerow([stamp, value, f"{score:.4f}", int(spike)])


def _points(path: Path, zone: ZoneInfo) -> list[tuple[str, float, float, str]]:
    """Return each row's timestamp as written, in epoch seconds, its value, and that as written."""
    found = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.reader(file), start=1):
            if not row or (number == 1 and row[0].strip().lower() == "timestamp"):
                continue
            try:
                stamp, value = row[0].strip(), row[1].strip()
                number_read = float(value) if value else float("nan")
                found.append((stamp, _epoch(stamp, zone), number_read, value))
            except (ValueError, IndexError, OverflowError) as error:
                raise Refused(text("bad_row", path=path, number=number), 1) from error
    return found


def _epoch(stamp: str, zone: ZoneInfo) -> float:
    try:
        return float(stamp)
    except ValueError:
        at = datetime.fromisoformat(stamp)
        return (at if at.tzinfo else at.replace(tzinfo=zone)).timestamp()


@click.command("backtest", help=text("help_backtest"))
@click.argument("stream", type=FILE)
@click.option("--topic", help=text("help_backtest_topic"))
@click.pass_obj
@command
def backtest_(given: Given, stream: Path, topic: str | None) -> None:
    """Replay a recorded affair and print what was found and when."""
    from analysis.moods import ModelError, MoodModel
    from analysis.query import QueryError
    from chengqing.backtest import backtest

    settings = given.settings()
    try:
        model = MoodModel.load(settings.model)
        found = backtest(stream, model, ZoneInfo(settings.zone), topic, language())
    except (QueryError, ModelError) as error:
        raise Refused(str(error), 2) from error
    click.echo(json.dumps(found, ensure_ascii=False, indent=1))
