"""Moods: score posts, say why, and score history again."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from analysis.mood import MOODS
from chengqing.cli.base import Given, Refused, command, sentence, text
from chengqing.settings import Settings

if TYPE_CHECKING:
    from analysis.moods import MoodModel

#: Lines scored at a time: memory stays flat however long the file is.
BATCH = 2_000


@dataclass
class Faults:
    """How many lines were skipped, and how many held bytes that are no UTF-8."""

    skipped: int = 0
    garbled: int = 0


@click.command("score", help=text("help_score"))
@click.option(
    "-i", "--input", "source", type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("-o", "--output", "target", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--why", is_flag=True, help=text("help_why"))
@click.option("--again", is_flag=True, help=text("help_again"))
@click.pass_obj
@command
def score_(given: Given, source: Path | None, target: Path | None, why: bool, again: bool) -> None:
    """Read ``{"id","text"}`` lines, write probabilities and labels."""
    from analysis.moods import ModelError
    from analysis.words import use
    from chengqing.models import model_of

    if again and (source or target or why):
        raise Refused(text("again_alone"), 2)
    if source and target and target.is_file() and target.samefile(source):
        raise Refused(text("score_same_file", path=target), 2)
    settings = given.settings()
    try:
        if again:
            _again(settings)
            return
        model = model_of(settings)
    except ModelError as error:
        raise Refused(sentence(error.why)) from error
    use(settings.words)
    faults = _stream(model, source, target, why)
    if faults.garbled:
        click.echo(text("lines_not_utf8", count=faults.garbled), err=True)
    if faults.skipped:
        raise Refused(text("bad_lines", count=faults.skipped))


def _stream(model: MoodModel, source: Path | None, target: Path | None, why: bool) -> Faults:
    """Write an answer for each line that can be read; return what could not."""
    faults = Faults()
    with ExitStack() as stack:
        lines: IO[bytes] = stack.enter_context(source.open("rb")) if source else sys.stdin.buffer
        out: IO[bytes] = stack.enter_context(target.open("wb")) if target else sys.stdout.buffer
        for batch in _batches(_rows(lines, faults)):
            for answer in _answers(model, batch, why):
                out.write(answer)
        out.flush()
    return faults


def _answers(model: MoodModel, batch: list[tuple[Any, str]], why: bool) -> Iterator[bytes]:
    """Yield a line of JSON for each post."""
    for row, read in zip(batch, model.read([t for _, t in batch]), strict=True):
        scores = {mood.value: round(float(getattr(read, mood)), 4) for mood in MOODS}
        answer = {"id": row[0], **scores, "labels": [mood.value for mood in read.labels]}
        if why:
            answer["why"] = _moved(model, row[1])
        # An id may hold half a character, which no file can.
        yield json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _moved(model: MoodModel, words: str) -> dict[str, dict[str, float]]:
    """Return per mood the words that moved it and how far, in log-odds, the strongest first."""
    from analysis.explain import moves

    return {
        mood.value: {word: round(weight, 2) for word, weight in moved}
        for mood, moved in moves(model, words).items()
    }


def _again(settings: Settings) -> None:
    """Score history again with the model in use; roll-ups stay exact, people's word stays."""
    from sqlalchemy import func, select

    from chengqing.pipeline.classify import rescore
    from chengqing.pipeline.steps import reader_of
    from chengqing.wiring import open_works
    from storage.mention import Mention

    with open_works(settings) as works:
        reader = reader_of(works)
        version = reader.model.version
        with works.database.read() as session:
            other = select(func.count()).where(Mention.model != version)
            whole = session.scalar(other) or 0
        if not whole:
            click.echo(text("again_nothing", version=version))
            return
        rescore(
            works.database,
            reader,
            told=lambda done: click.echo(text("again_progress", done=done, whole=whole), err=True),
        )


def _rows(lines: Iterable[bytes], faults: Faults) -> Iterator[tuple[Any, str]]:
    from analysis.text import LONGEST

    for number, raw in enumerate(lines, start=1):
        if not raw.strip():
            continue
        try:
            row = json.loads(_decoded(raw, faults))
            words = row["text"]
            if not isinstance(words, str):
                raise TypeError("text")
        except (ValueError, KeyError, TypeError, RecursionError):
            faults.skipped += 1
            click.echo(text("bad_line", number=number), err=True)
            continue
        # What is not read need not wait for its batch.
        yield row.get("id"), words[:LONGEST]


def _decoded(raw: bytes, faults: Faults) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        faults.garbled += 1
        return raw.decode("utf-8-sig", "replace")


def _batches(rows: Iterator[tuple[Any, str]]) -> Iterator[list[tuple[Any, str]]]:
    batch: list[tuple[Any, str]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
