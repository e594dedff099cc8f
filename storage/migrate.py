"""Bring a database to the form that this version of the product needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from storage.base import Database, DatabaseError
from storage.tables import Base

FOLDER = Path(__file__).parent / "migrations"
#: Any number of our own: whoever holds this PostgreSQL lock migrates, the others wait.
LOCK = 7_201_915


def head() -> str:
    """Return the revision that this version of the product works with."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None, "the package lacks its migrations"  # noqa: S101
    return revision


def current(database: Database) -> str | None:
    """Return the revision a database is at, None when it holds nothing of ours yet."""
    with database.read() as session:
        return MigrationContext.configure(session.connection()).get_current_revision()


def pending(database: Database) -> bool:
    """Whether ``upgrade`` has something to do."""
    return not database.begun or current(database) != head()


def upgrade(database: Database) -> None:
    """Carry out every missing migration in one transaction; several callers wait for each other.

    Raises:
        DatabaseError: the database was made by a newer version of the product.
    """
    database.prepare()
    with _alone(database) as connection:
        _refuse_newer(connection)
        command.upgrade(_config(connection), "head")


def drift(database: Database) -> list[object]:
    """Return how the tables differ from what the code declares; empty when they agree."""
    with database.read() as session:
        options = {"compare_server_default": True}
        context = MigrationContext.configure(session.connection(), opts=options)
        return list(compare_metadata(context, Base.metadata))


def draft(message: str) -> Path:
    """Write the next migration from what the code declares, for a person to read and correct."""
    script = ScriptDirectory.from_config(_config())
    number = len(list(script.walk_revisions())) + 1
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/scratch.db")
        with _alone(database) as connection:
            command.upgrade(_config(connection), "head")
        with database.engine.connect() as connection:
            command.revision(_config(connection), message, autogenerate=True, rev_id=f"{number:04}")
        database.close()
    return next((FOLDER / "versions").glob(f"{number:04}_*.py"))


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def _refuse_newer(connection: Connection) -> None:
    found = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found is not None and found not in known:
        raise DatabaseError(
            f"数据库由较新版本的澄清建立（{found}）：请升级程序，或换用备份 "
            f"(the database was made by a newer version, {found}: upgrade the program)"
        )


@contextmanager
def _alone(database: Database) -> Iterator[Connection]:
    """Give the one transaction that may change tables now."""
    with database.engine.connect() as connection:
        # SQLite changes a table by copying and dropping it; with foreign keys on, the drop would
        # delete the rows that point to it. The switch works only outside a transaction.
        if database.is_sqlite:
            _pragma(connection, "foreign_keys=OFF")
        try:
            with connection.begin():
                if not database.is_sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
                yield connection
                if (
                    database.is_sqlite
                    and connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                ):
                    raise DatabaseError(
                        "迁移会留下断开的引用，已全部撤回 (the migration would leave dangling "
                        "references; nothing was changed)"
                    )
        finally:
            if database.is_sqlite:
                _pragma(connection, "foreign_keys=ON")


def _pragma(connection: Connection, pragma: str) -> None:
    raw = connection.connection.dbapi_connection
    if raw is not None:
        raw.cursor().execute(f"PRAGMA {pragma}")
