"""What every test may ask for: a database of either kind, test data, and a time that stands still.

``database`` runs a test twice, on SQLite and on PostgreSQL. The PostgreSQL server is our own: made
from the machine's binaries on first use, in a temporary folder, as an unprivileged user, reached
through a unix socket, and gone with the process that asked for it.
"""

from __future__ import annotations

import getpass
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from storage.base import Database
from storage.tables import Base

ROOT = Path(__file__).parent.parent
#: Wednesday 20 May 2026, 20:00 in Shanghai.
NOW = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)
NO_POSTGRESQL = "PostgreSQL is not installed; to test on it too: apt-get install postgresql"
#: Stops the server when our end of the pipe closes, however our process ends.
LEASH = '"$@" & read _; kill -QUIT $!; wait $!'


# How long one example takes says nothing on a busy machine.
settings.register_profile(
    "house",
    settings(),
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")


class Clock:
    """A clock that moves only when told to; call it for the time."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> datetime:
        """Move by ``timedelta(**by)`` and return the new time."""
        self.now += timedelta(**by)
        return self.now


class PostgreSQL:
    """A throw-away server; the database ``ours`` holds our tables and is emptied after each test.

    Emptying takes milliseconds where making a database takes a tenth of a second or more.
    """

    def __init__(self, binaries: Path) -> None:
        self.user = _unprivileged()
        self.folder = Path(tempfile.mkdtemp(prefix="chengqing-pg-", dir="/tmp"))
        if self.user:
            shutil.chown(self.folder, self.user)
        self._numbers = itertools.count(1)
        make = [str(binaries / "initdb"), "-D", str(self.folder / "data"), "-U", "chengqing"]
        make += ["-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run(make, check=True, capture_output=True, user=self.user, cwd=self.folder)
        serve = [
            str(binaries / "postgres"),
            "-D",
            str(self.folder / "data"),
            "-k",
            str(self.folder),
        ]
        for setting in (
            "listen_addresses=",
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "max_connections=60",
        ):
            serve += ["-c", setting]
        with (self.folder / "log").open("w") as log:
            self._process = subprocess.Popen(
                ["sh", "-c", LEASH, "sh", *serve],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                user=self.user,
                cwd=self.folder,
            )
        self._wait()
        self._make_ours()

    def _wait(self) -> None:
        for _ in range(300):
            try:
                psycopg.connect(self._dsn("postgres")).close()
            except psycopg.OperationalError:
                time.sleep(0.1)
            else:
                return
        pytest.fail(f"PostgreSQL did not start: {(self.folder / 'log').read_text()}")

    def _make_ours(self) -> None:
        self.execute("CREATE DATABASE ours")
        database = Database(self.url("ours"))
        Base.metadata.create_all(database.engine)
        database.close()
        tables = "; ".join(f'DELETE FROM "{name}"' for name in Base.metadata.tables)
        # The role setting switches foreign keys off, so that the order does not matter.
        self._emptying = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = 'ours' AND pid <> pg_backend_pid();"
            f" SET session_replication_role = replica; {tables};"
            " SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'"
        )

    def _dsn(self, name: str) -> str:
        return f"host={self.folder} user=chengqing dbname={name}"

    def execute(self, statement: str, name: str = "postgres") -> None:
        """Run statements in one database."""
        with psycopg.connect(self._dsn(name), autocommit=True) as connection:
            connection.execute(statement.encode())

    def url(self, name: str) -> str:
        """The address of one database, as ``CHENGQING_DATABASE`` takes it."""
        return f"postgresql://chengqing@/{name}?host={self.folder}"

    def empty(self) -> None:
        """Delete every row of ours and let identities start over."""
        self.execute(self._emptying, "ours")

    def create(self) -> str:
        """Make a new database without tables and return its name."""
        name = f"test{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name}")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        """End the server and leave nothing behind."""
        self._process.communicate()
        shutil.rmtree(self.folder, ignore_errors=True)


def _unprivileged() -> str | None:
    """PostgreSQL refuses to run as root: name the account to use instead, None for our own."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in known), getpass.getuser())


def _binaries() -> Path | None:
    """Find the folder with initdb and postgres, newest version first."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0,
    )
    named = shutil.which("initdb")
    candidates = [*reversed(found), *([Path(named).resolve()] if named else [])]
    folders = [path.parent for path in candidates if (path.parent / "postgres").exists()]
    return folders[0] if folders else None


@pytest.fixture(scope="session")
def testdata() -> Path:
    """The folder of outside test data; the test is skipped where there is none."""
    folder = Path(os.environ.get("CHENGQING_TESTDATA", ROOT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"no test data at {folder}: set CHENGQING_TESTDATA")
    return folder


@pytest.fixture
def now() -> datetime:
    """A fixed time."""
    return NOW


@pytest.fixture
def clock() -> Clock:
    """A clock that starts at ``now`` and moves only when told to."""
    return Clock(NOW)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """The test session's PostgreSQL server; the test is skipped where there is none."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip(NO_POSTGRESQL)
    server = PostgreSQL(binaries)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with our tables in it, to be copied."""
    path = tmp_path_factory.mktemp("template") / "ours.db"
    database = Database(f"sqlite:///{path}")
    Base.metadata.create_all(database.engine)
    database.close()
    return path


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """An SQLite database with our tables, for tests that need only one kind."""
    path = shutil.copy(sqlite_template, tmp_path / "test.db")
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture
def postgresql_database(postgresql: PostgreSQL) -> Iterator[Database]:
    """A PostgreSQL database with our tables."""
    database = Database(postgresql.url("ours"))
    yield database
    database.close()
    postgresql.empty()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """A database with our tables; the test runs once on each kind."""
    found: Database = request.getfixturevalue(f"{request.param}_database")
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without tables, for migrations and the command line."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    name = server.create()
    yield server.url(name)
    server.drop(name)
