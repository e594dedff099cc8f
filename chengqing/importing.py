"""Files of other tools into the database; nothing is lost silently."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

from chengqing.wiring import Works
from crawler.importers import Reject, read
from storage.intake import Intake, accept, flaw
from storage.line import MentionLine

BATCH = 1_000


@dataclass
class Imported:
    """What became of one file.

    Attributes:
        taken: what the intake made of the rows that could be read.
        refused: rows that were not kept.
        rejects: the file that holds them with their reasons, if there are any.
    """

    taken: Intake = field(default_factory=Intake)
    refused: int = 0
    rejects: Path | None = None


def import_file(works: Works, path: Path, now: datetime) -> Imported:
    """Take in every row of a file; refused rows go to ``<name>.reject.jsonl`` beside it."""
    done = Imported()
    target = path.with_name(path.name + ".reject.jsonl")
    with ExitStack() as stack:
        file: IO[str] | None = None
        batch: list[MentionLine] = []
        for number, row in enumerate(read(path), start=1):
            refused = row if isinstance(row, Reject) else _flawed(row, number, now)
            if refused is None and isinstance(row, MentionLine):
                batch.append(row)
                if len(batch) == BATCH:
                    _take(works, batch, now, done)
                continue
            if refused is not None:
                file = file or stack.enter_context(target.open("w", encoding="utf-8"))
                file.write(_reject_line(refused))
                done.refused += 1
                done.rejects = target
        _take(works, batch, now, done)
    return done


def _flawed(line: MentionLine, number: int, now: datetime) -> Reject | None:
    # Of a post that is gone neither words nor time are left; the intake knows whether we have it.
    reason = None if line.deleted else flaw(line, now)
    return Reject(number, reason, line.to_json()) if reason else None


def _reject_line(reject: Reject) -> str:
    row = {"line": reject.number, "why": reject.why, "raw": reject.raw}
    return json.dumps(row, ensure_ascii=False) + "\n"


def _take(works: Works, batch: list[MentionLine], now: datetime, done: Imported) -> None:
    with works.database.begin() as session:
        taken = accept(session, batch, works.seal, now)
    done.taken.add(taken)
    done.refused += taken.dropped.total()
    batch.clear()
