"""The database: one door for SQLite and PostgreSQL, UTC instants, and short transactions."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, DateTime, Engine, MetaData, create_engine, event, text
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

#: How long a writer waits for another on SQLite, in milliseconds.
BUSY_TIMEOUT = 15_000
#: Pages an SQLite connection may keep, as the negative number of KiB: its own 2 MB read the same
#: pages of the indexes again and again.
CACHE = -32_000
#: Any number of our own: who holds this PostgreSQL lock writes mentions and counts.
WRITER_LOCK = 7_201_916

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class DatabaseError(Exception):
    """The database cannot be used as asked; the message says what to do."""


class NotMigratedError(DatabaseError):
    """The database has no tables yet, or older ones than this version needs."""


class Instant(TypeDecorator[datetime]):
    """A moment in UTC; a naive time is refused on the way in."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware time into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time {value.isoformat()}: give it a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware UTC time."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every record."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Instant, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012


class Database:
    """One database and its sessions."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self._reader = self.engine.execution_options(read_only=True)
        if not self.is_sqlite:
            # SQLite readers see one moment; elsewhere that has to be asked for.
            self._reader = self._reader.execution_options(isolation_level="REPEATABLE READ")

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back when anything is raised."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One consistent look that takes no write lock; nothing done in it is kept."""
        with Session(self._reader, expire_on_commit=False) as session:
            yield session

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    @property
    def begun(self) -> bool:
        """Whether there is anything yet; an embedded database begins with its first use."""
        return self._file is None or self._file.exists()

    def prepare(self) -> None:
        """Make the folder of an embedded database that is about to begin."""
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)

    @property
    def _file(self) -> Path | None:
        name = self.engine.url.database if self.is_sqlite else None
        return Path(name) if name and name != ":memory:" else None

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def alone(session: Session) -> None:
    """Let this transaction be the only one writing mentions and counts until it ends.

    SQLite has one writer at a time anyway; elsewhere two that meet the same posts would collide.
    """
    if not is_sqlite(session):
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_LOCK})


def is_sqlite(session: Session) -> bool:
    """Return whether a session speaks to the embedded database."""
    return session.get_bind().dialect.name == "sqlite"


def _engine(url: str) -> Engine:
    # Parameters are hidden, since what an error says is logged: they hold names and secrets.
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise DatabaseError(
            "CHENGQING_DATABASE 不是数据库地址。例：sqlite:///chengqing.db 或 "
            "postgresql://user@host/name (not a database URL)"
        ) from error
    if address.drivername in ("postgresql", "postgres"):
        address = address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() == "sqlite":
        timeout = {"timeout": BUSY_TIMEOUT / 1000}
        engine = create_engine(address, connect_args=timeout, hide_parameters=True)
        event.listen(engine, "connect", _sqlite_pragmas)
        event.listen(engine, "begin", _sqlite_begin)
        return engine
    if address.get_backend_name() != "postgresql":
        raise DatabaseError(f"只支持 SQLite 与 PostgreSQL (unsupported: {address.drivername})")
    return create_engine(address, pool_pre_ping=True, hide_parameters=True)


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    # The driver must not open transactions of its own: BEGIN IMMEDIATE below takes the write lock
    # at once, so that two writers wait for each other instead of failing at commit.
    connection.isolation_level = None
    _write_ahead(connection)
    for pragma in (
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT}",
        f"cache_size={CACHE}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _write_ahead(connection: Any) -> None:
    """Turn the log on; where others just do the same to a new file, SQLite refuses unasked."""
    last = time.monotonic() + BUSY_TIMEOUT / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > last:
                raise
            time.sleep(0.01)


def _sqlite_begin(connection: Any) -> None:
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
