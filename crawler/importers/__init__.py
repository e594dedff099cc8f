"""Importers: files of other tools as mention lines; one file a form, one line in ``FORMS``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from crawler.importers.lines import mention_row
from crawler.importers.stream import stream_row
from storage.line import MentionLine

#: Longest line read, in bytes: a mention's text is bounded far below.
MAX_LINE = 4_000_000

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Reject:
    """A line that could not be kept: where it stood, why, and what it was."""

    number: int
    why: str
    raw: str


#: Form → reader of one row; a row that does not fit raises ``ValueError`` with the reason's word.
FORMS: dict[str, Callable[[Row, str], MentionLine]] = {
    "stream": stream_row,
    "mention": mention_row,
}


def read(path: Path) -> Iterator[MentionLine | Reject]:
    """Yield every line of a file as a mention or a reject, in order; nothing is lost silently.

    The stream form is known by its first line, ``{"meta": true, …}``.
    """
    form = "mention"
    with path.open("rb") as file:
        for number, raw in enumerate(iter(lambda: file.readline(MAX_LINE), b""), start=1):
            line = raw.decode("utf-8-sig" if number == 1 else "utf-8", "replace").strip()
            if not line:
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                yield Reject(number, "not_json", line)
                continue
            if isinstance(row, dict) and row.get("meta") is True:
                form = "stream"
                continue
            yield _read(form, row, path.stem, number, line)


def _read(form: str, row: Any, name: str, number: int, line: str) -> MentionLine | Reject:
    if not isinstance(row, dict):
        return Reject(number, "not_an_object", line)
    try:
        return FORMS[form](row, name)
    except ValidationError as error:
        fields = {".".join(map(str, problem["loc"])): None for problem in error.errors()}
        return Reject(number, f"wrong_field: {', '.join(fields)}", line)
    except ValueError as error:
        known = len(error.args) == 1 and error.args[0] in ("no_time", "no_id")
        return Reject(number, str(error) if known else "wrong_field", line)
