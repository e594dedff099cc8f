"""Labelled posts to learn from and to judge by."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from analysis.mood import MOODS, Mood
from analysis.reason import Reason

#: 375 posts of many kinds, written for the project: the set by which every model is judged.
WRITTEN = Path(__file__).parent / "data" / "moods_eval.jsonl"

Row = TypeVar("Row")
#: Bytes of a line that a message shows.
_SHOWN = 120


class CorpusError(Exception):
    """A file of labelled posts that cannot be used.

    Attributes:
        why: the sentence for people: which line is wrong, how, and what was expected.
    """

    def __init__(self, path: Path, line: int, fields: str, found: bytes) -> None:
        start = found[:_SHOWN].decode("utf-8", "replace").strip()
        super().__init__(f"{path}, line {line}: {start!r}; expected {fields}")
        told = {"path": path, "line": line, "fields": fields, "start": start}
        self.why = Reason("signals.corpus_line", told)


@dataclass(frozen=True)
class LabelledText:
    """One post and the moods that a reader saw in it.

    Attributes:
        text: the post.
        moods: any of the four; empty means none of them.
        topic: posts of one thread or affair share it; they are never split between folds.
        source: where it was collected.
    """

    text: str
    moods: frozenset[Mood]
    topic: str = ""
    source: str = ""


def read_corpus(path: Path) -> Iterator[LabelledText]:
    """Yield the rows of a JSON-lines file with ``text`` and ``moods``.

    Raises:
        CorpusError: a line is not such a row.
    """
    return read_lines(path, _labelled, "text, moods")


def _labelled(row: Any) -> LabelledText:
    moods = frozenset(Mood(name) for name in row["moods"])
    topic, source = str(row.get("topic", "")), str(row.get("source", ""))
    return LabelledText(str(row["text"]), moods, topic, source)


def read_lines(path: Path, made: Callable[[Any], Row], fields: str) -> Iterator[Row]:
    """Yield what is made of each line, which should hold ``fields``, of a JSON-lines file.

    Raises:
        CorpusError: a line is not what is expected.
    """
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield made(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                raise CorpusError(path, number, fields, line) from error


def truth(rows: Sequence[LabelledText]) -> NDArray[np.float32]:
    """Return labels as numbers, shape (rows, 4), in the order of ``MOODS``."""
    table = [[mood in row.moods for mood in MOODS] for row in rows]
    return np.array(table, dtype=np.float32).reshape(len(rows), len(MOODS))
