"""Posts without labels, with what a reader or a slow teacher believes of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.corpus import read_lines
from analysis.mood import MOODS


@dataclass(frozen=True)
class Belief:
    """One post without a label, and the chance of each mood that a reader or a teacher gives it.

    Attributes:
        text: the post.
        chances: four numbers in [0, 1], in the order of ``MOODS``.
    """

    text: str
    chances: tuple[float, ...]


def read_beliefs(path: Path) -> Iterator[Belief]:
    """Yield the rows of a JSON-lines file with ``text`` and one chance in [0, 1] a mood.

    Raises:
        CorpusError: a line is not such a row.
    """
    return read_lines(path, _believed, f"text, {', '.join(MOODS)}")


def _believed(row: Any) -> Belief:
    chances = tuple(float(row[mood.value]) for mood in MOODS)
    if not all(0 <= chance <= 1 for chance in chances):
        raise ValueError("a chance outside 0 to 1")
    return Belief(str(row["text"]), chances)
