"""Labelled posts to learn from and to judge by."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.mood import MOODS, Mood

#: 375 posts of many kinds, written for the project: the set by which every model is judged.
WRITTEN = Path(__file__).parent / "data" / "moods_eval.jsonl"


class CorpusError(Exception):
    """A file of labelled posts that cannot be used; the message names the line."""


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


@dataclass(frozen=True)
class Belief:
    """One post that nobody labelled, and the chance of each mood that a teacher gives it.

    Attributes:
        text: the post.
        chances: four numbers in [0, 1], in the order of ``MOODS``.
    """

    text: str
    chances: tuple[float, ...]


def read_corpus(path: Path) -> Iterator[LabelledText]:
    """Yield the rows of a JSON-lines file with ``text`` and ``moods``.

    Raises:
        CorpusError: a line is not such a row.
    """
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                moods = frozenset(Mood(name) for name in row["moods"])
                yield LabelledText(
                    str(row["text"]), moods, str(row.get("topic", "")), str(row.get("source", ""))
                )
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise CorpusError(
                    f"{path}, line {number}: {error}; expected text and moods"
                ) from error


def read_beliefs(path: Path) -> Iterator[Belief]:
    """Yield the rows of a JSON-lines file with ``text`` and one chance in [0, 1] a mood.

    Raises:
        CorpusError: a line is not such a row.
    """
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                chances = tuple(float(row[mood.value]) for mood in MOODS)
                if not all(0 <= chance <= 1 for chance in chances):
                    raise ValueError("a chance outside 0 to 1")
                yield Belief(str(row["text"]), chances)
            except (ValueError, KeyError, TypeError) as error:
                raise CorpusError(
                    f"{path}, line {number}: {error}; expected text and four chances"
                ) from error


def truth(rows: Sequence[LabelledText]) -> NDArray[np.float32]:
    """Return labels as numbers, shape (rows, 4), in the order of ``MOODS``."""
    table = [[mood in row.moods for mood in MOODS] for row in rows]
    return np.array(table, dtype=np.float32).reshape(len(rows), len(MOODS))
