"""What every command shares: its words, its settings, and how it fails."""

from __future__ import annotations

import errno
import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlalchemy.exc import DBAPIError

from analysis.reason import Reason
from chengqing.settings import Settings, SettingsError, load
from chengqing.settings import language as language
from storage.base import DatabaseError, NotMigratedError
from templates.catalogue import say

Function = TypeVar("Function", bound=Callable[..., Any])
#: What a write says for which there is no room; it names no file.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def text(key: str, **values: object) -> str:
    """Return a text of the command line in the terminal's language."""
    return say(f"cli.{key}", language(), **values)


def sentence(why: Reason) -> str:
    """Return what a reason says, in the terminal's language."""
    return say(why.key, language(), **why.values)


@dataclass(frozen=True)
class Given:
    """What stood before the command's name."""

    config: Path | None = None
    database: str | None = None

    def settings(self, **arguments: Any) -> Settings:
        """Read the settings with these arguments on top."""
        arguments.setdefault("database", self.database)
        return load(config=self.config, **arguments)


class Refused(click.ClickException):
    """An end with a message in one line; ``exit_code`` 1 unless said otherwise."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = code  # type: ignore[misc]  # click reads it from the instance too

    def show(self, file: Any = None) -> None:
        """Say it on stderr."""
        click.echo(self.format_message(), file=file, err=True)


def command(function: Function) -> Function:
    """Turn the errors a person can act on into one line instead of a traceback."""

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except SettingsError as error:
            raise Refused(str(error), 2) from error
        except NotMigratedError as error:
            raise Refused(text("not_migrated")) from error
        except DatabaseError as error:
            raise Refused(str(error)) from error
        except DBAPIError as error:
            reason = str(error.orig).strip().splitlines()[0] if error.orig else type(error).__name__
            raise Refused(text("database_failed", why=reason)) from error
        except OSError as error:
            # Without a file it is a full disk, a broken pipe or a fault of ours.
            if error.filename is None and error.errno not in FULL:
                raise
            where = f"{error.filename}: " if error.filename else ""
            raise Refused(f"{where}{error.strerror}", 2) from error

    return wrapped  # type: ignore[return-value]


def log_to_stderr(level: int = logging.INFO) -> None:
    """Let a long-running command say what it does."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for noisy in ("apscheduler", "httpx2", "alembic", "mail.log", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
