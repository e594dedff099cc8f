"""Backups: every table as JSON lines in one zip, the same for SQLite and PostgreSQL."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, LargeBinary, Table, func, insert, select

from chengqing.settings import language
from storage.base import Database, Instant
from storage.migrate import current
from storage.tables import Base
from templates.catalogue import say

MANIFEST = "manifest.json"
FORM = 1
BATCH = 1_000


class ArchiveError(Exception):
    """A backup cannot be read into this database; the message says why."""


def write(database: Database, path: Path) -> int:
    """Write all rows as of one moment; return how many.

    The file appears under its name only when it is whole. Writers go on meanwhile.
    """
    unfinished = path.with_name(path.name + ".part")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    try:
        rows = _write_all(database, unfinished)
    except BaseException:
        # Half a backup would keep the disk as full as it found it.
        unfinished.unlink(missing_ok=True)
        raise
    unfinished.replace(path)
    return sum(rows.values())


def _write_all(database: Database, path: Path) -> dict[str, int]:
    rows: dict[str, int] = {}
    with (
        database.read() as session,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle,
    ):
        connection = session.connection()
        for table in Base.metadata.sorted_tables:
            with bundle.open(f"{table.name}.jsonl", "w", force_zip64=True) as file:
                rows[table.name] = _write_table(connection, table, file)
        manifest = {"form": FORM, "revision": current(database), "rows": rows}
        bundle.writestr(MANIFEST, json.dumps(manifest, indent=1))
    return rows


def _write_table(connection: Connection, table: Table, file: IO[bytes]) -> int:
    count = 0
    for row in connection.execution_options(yield_per=BATCH).execute(select(table)).mappings():
        values = {name: _plain(value) for name, value in row.items()}
        file.write(json.dumps(values, ensure_ascii=False).encode() + b"\n")
        count += 1
    return count


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it."""
    if isinstance(value, datetime):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def read(database: Database, path: Path) -> int:
    """Fill an empty, migrated database; return how many rows came in.

    All rows come in or none.

    Raises:
        ArchiveError: not a backup, damaged, of another schema, or the database holds something.
    """
    try:
        bundle = zipfile.ZipFile(path)
        manifest = json.loads(bundle.read(MANIFEST))
        damaged = bundle.testzip()
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise ArchiveError(say("cli.not_a_backup", language(), path=path)) from error
    if damaged:
        raise ArchiveError(say("cli.backup_damaged", language(), path=path, part=damaged))
    if manifest.get("form") != FORM or manifest.get("revision") != current(database):
        revision = manifest.get("revision")
        raise ArchiveError(say("cli.backup_other_version", language(), revision=revision))
    with bundle, database.engine.begin() as connection:
        _refuse_unless_empty(connection)
        total = 0
        for table in Base.metadata.sorted_tables:
            got = sum(_insert(connection, table, part) for part in _batches(bundle, table))
            if got != manifest["rows"].get(table.name):
                raise ArchiveError(
                    say("cli.backup_damaged", language(), path=path, part=table.name)
                )
            _reset_sequence(connection, table)
            total += got
    return total


def _refuse_unless_empty(connection: Connection) -> None:
    for table in Base.metadata.sorted_tables:
        if connection.scalar(select(func.count()).select_from(table)):
            raise ArchiveError(say("cli.database_not_empty", language(), table=table.name))


def _batches(bundle: zipfile.ZipFile, table: Table) -> Iterator[list[dict[str, Any]]]:
    instants = [column.name for column in table.columns if isinstance(column.type, Instant)]
    files = [column.name for column in table.columns if isinstance(column.type, LargeBinary)]
    batch: list[dict[str, Any]] = []
    with bundle.open(f"{table.name}.jsonl") as file:
        for line in io.TextIOWrapper(file, encoding="utf-8", newline="\n"):
            row = json.loads(line)
            for name in instants:
                row[name] = row[name] and datetime.fromisoformat(row[name])
            for name in files:
                row[name] = row[name] and base64.b64decode(row[name])
            batch.append(row)
            if len(batch) == BATCH:
                yield batch
                batch = []
    yield batch


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> int:
    if rows:
        connection.execute(insert(table), rows)
    return len(rows)


def _reset_sequence(connection: Connection, table: Table) -> None:
    """Let PostgreSQL number new rows after the restored ones; SQLite does so by itself."""
    if connection.dialect.name != "postgresql" or "id" not in table.columns:
        return
    highest = connection.scalar(select(func.max(table.c.id)))
    if highest is not None:
        name = func.pg_get_serial_sequence(table.name, "id")
        connection.execute(select(func.setval(name, highest)))
