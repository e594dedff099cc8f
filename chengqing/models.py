"""Which mood model is in use: one the team taught, kept in the database, else the installation's.

Every host of one database answers alike, and a change is seen at the next question.
"""

from __future__ import annotations

import getpass
import os
import tempfile
from pathlib import Path

from sqlalchemy import inspect

from analysis.modelfile import SHIPPED
from analysis.moods import ModelError, MoodModel
from chengqing.settings import Settings
from storage.base import Database
from storage.mood_model import MoodModelRow, content, in_use


class Models:
    """Loads models once each and says which one is in use."""

    def __init__(self, database: Database, own: Path | None) -> None:
        """Take the database and the installation's own model file, None for the one shipped."""
        self._database = database
        self._own = own or SHIPPED
        self._loaded: dict[str | None, MoodModel] = {}

    def now(self) -> MoodModel:
        """Return the model in use.

        Raises:
            ModelError: its file, or the bytes kept of it, are not whole.
        """
        with self._database.read() as session:
            version = in_use(session)
        return self.named(version)

    def named(self, version: str | None) -> MoodModel:
        """Return a kept model by its version, or without one the installation's own.

        Raises:
            ModelError: there is none, or it is not whole.
        """
        if version not in self._loaded:
            self._loaded[version] = self._load(version)
        return self._loaded[version]

    def _load(self, version: str | None) -> MoodModel:
        if version is None:
            return MoodModel.load(self._own)
        with self._database.read() as session:
            kept = content(session, version)
        if kept is None:
            raise ModelError("unknown", version)
        try:
            return from_bytes(kept)
        except ModelError as error:
            # Its file lay in a folder that is gone again.
            raise ModelError("kept_unusable", version) from error


def operator() -> str:
    """Return who runs this command, by number where the system has no name (in a container)."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def from_bytes(kept: bytes) -> MoodModel:
    """Read a model from the bytes of its file.

    Raises:
        ModelError: they are not a whole model.
    """
    with tempfile.TemporaryDirectory(prefix="chengqing-") as folder:
        path = Path(folder) / "moods.npz"
        path.write_bytes(kept)
        return MoodModel.load(path)


def model_of(settings: Settings) -> MoodModel:
    """Return the model in use, also where there is no database yet.

    Raises:
        ModelError: it is not whole.
    """
    name = settings.database.removeprefix("sqlite:///")
    if name != settings.database and not Path(name).is_file():
        return MoodModel.load(settings.model)
    database = Database(settings.database)
    try:
        ready = inspect(database.engine).has_table(MoodModelRow.__tablename__)
        return Models(database, settings.model).now() if ready else MoodModel.load(settings.model)
    finally:
        database.close()
