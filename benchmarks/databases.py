"""The databases that benchmarks run on: an SQLite file, and a PostgreSQL server of our own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from storage.base import Database
from storage.tables import Base
from tests.conftest import PostgreSQL, _binaries


@contextmanager
def fresh(kind: str) -> Iterator[Database]:
    """Give an empty database of a kind, ``sqlite`` or ``postgresql``; gone afterwards.

    The server is the tests' (without fsync); PostgreSQL has to be installed.
    """
    with tempfile.TemporaryDirectory(prefix="chengqing-") as folder:
        server = None
        if kind == "postgresql":
            binaries = _binaries()
            if binaries is None:
                raise SystemExit("PostgreSQL is not installed: apt-get install postgresql")
            server = PostgreSQL(binaries)
        database = Database(server.url("ours") if server else f"sqlite:///{folder}/ours.db")
        try:
            Base.metadata.create_all(database.engine)
            yield database
        finally:
            database.close()
            if server:
                server.stop()
