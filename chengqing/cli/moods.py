"""Moods: train a model, score posts."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import click

from analysis.mood import MOODS
from chengqing.cli.base import Given, Refused, command, text

#: Lines scored at a time: memory stays flat however long the file is.
BATCH = 2_000


@click.command("train", help=text("help_train"))
@click.option("--corpus", type=click.Path(path_type=Path), help=text("help_corpus"))
@click.option(
    "-o", "--output", "target", required=True, type=click.Path(path_type=Path, dir_okay=False),
    help=text("help_model_output"),
)  # fmt: skip
@click.pass_obj
@command
def train_(given: Given, corpus: Path | None, target: Path) -> None:
    """Learn a model from labelled posts and print what it reaches on topics it had not seen."""
    from analysis.corpus import CorpusError
    from analysis.train import TrainingError, train_from

    folder = corpus or given.settings().testdata / "corpus"
    if not (folder / "train.jsonl").is_file():
        raise Refused(text("no_corpus", folder=folder), 2)
    try:
        report = train_from(folder, target)
    except (CorpusError, TrainingError) as error:
        raise Refused(str(error)) from error
    answer = {"version": report.version, "model": str(report.path), **report.figures}
    click.echo(json.dumps(answer, ensure_ascii=False, indent=1))


@click.command("score", help=text("help_score"))
@click.option(
    "-i", "--input", "source", type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("-o", "--output", "target", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
@command
def score_(given: Given, source: Path | None, target: Path | None) -> None:
    """Read ``{"id","text"}`` lines, write probabilities and labels."""
    from analysis.moods import ModelError, MoodModel

    try:
        model = MoodModel.load(given.settings().model)
    except ModelError as error:
        raise Refused(str(error)) from error
    with ExitStack() as stack:
        lines: IO[bytes] = stack.enter_context(source.open("rb")) if source else sys.stdin.buffer
        out: IO[str] = (
            stack.enter_context(target.open("w", encoding="utf-8")) if target else sys.stdout
        )
        faults = [0]
        for batch in _batches(_rows(lines, faults)):
            for row, read in zip(batch, model.read([t for _, t in batch]), strict=True):
                scores = {mood.value: round(float(getattr(read, mood)), 4) for mood in MOODS}
                labels = [mood.value for mood in read.labels]
                answer = {"id": row[0], **scores, "labels": labels}
                out.write(json.dumps(answer, ensure_ascii=False) + "\n")
    if faults[0]:
        raise Refused(text("bad_lines", count=faults[0]))


def _rows(lines: Iterable[bytes], faults: list[int]) -> Iterator[tuple[Any, str]]:
    for number, raw in enumerate(lines, start=1):
        if not raw.strip():
            continue
        try:
            row = json.loads(raw.decode("utf-8-sig", "replace"))
            words = row["text"]
            if not isinstance(words, str):
                raise TypeError("text")
        except (ValueError, KeyError, TypeError):
            faults[0] += 1
            click.echo(text("bad_line", number=number), err=True)
            continue
        yield row.get("id"), words


def _batches(rows: Iterator[tuple[Any, str]]) -> Iterator[list[tuple[Any, str]]]:
    batch: list[tuple[Any, str]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
