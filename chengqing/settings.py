"""Settings: arguments over ``CHENGQING_*`` over ``chengqing.toml``; what is unknown is refused."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic_core import ErrorDetails

from alerts.response import OWED
from analysis.words import MOST_WORDS, WordListError, read_words
from chengqing.clock import Clock, WarpClock, real
from releases.company import Company
from storage.seal import SHORTEST_SECRET
from templates.catalogue import Language, say

PREFIX = "CHENGQING_"
#: Cookies of a source: ``CHENGQING_COOKIE_<NAME>``; read by the crawl, never stored.
COOKIE_PREFIX = PREFIX + "COOKIE_"
CONFIG_FILE = Path("chengqing.toml")
ENV_FILE = Path("chengqing.env")
#: Named by the environment only; not fields. DEMO is how a demonstration marks its processes,
#: LANGUAGE is needed before any settings file is read.
OUTSIDE = {"CONFIG", "DEMO", "LANGUAGE"}
#: Settings that are tables; in the environment ``CHENGQING_<TABLE>_<NAME>``.
TABLES = ("company", "response")
#: What may stand in a settings file must be without a password.
HOLDS_PASSWORD = re.compile(r"://[^/?#@]*:[^?@]+@|[?&]password=")
PUBLIC_ADDRESS = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?")
MINUTE = timedelta(minutes=1)
#: A response owed later than this, in minutes, is none.
LONGEST_OWED = 60 * 24 * 30


class SettingsError(Exception):
    """A setting is wrong; the message names it and says what it should be."""


def language() -> Language:
    """Return the language of the terminal's texts, which is needed before any settings are."""
    asked = os.environ.get(PREFIX + "LANGUAGE") or _filed_language(Path.cwd())
    return "en" if asked == "en" else "zh"


@cache
def _filed_language(_folder: Path) -> str | None:
    # A file that cannot be read is told where the settings are read.
    with suppress(OSError, UnicodeDecodeError):
        return _env_file().get(PREFIX + "LANGUAGE")
    return None


def _env_file() -> dict[str, str]:
    # A password is taken as it stands: nothing in it stands for another variable.
    held = dotenv_values(ENV_FILE, interpolate=False)
    return {name: value for name, value in held.items() if value is not None}


def _told(key: str, **values: object) -> str:
    return say(f"cli.{key}", language(), **values)


def _hosts(value: object) -> object:
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


class CompanySettings(BaseModel):
    """Who speaks in releases; see :class:`releases.company.Company`."""

    model_config = ConfigDict(extra="forbid")

    name: str = ""
    short: str = ""
    name_en: str = ""
    city: str = ""
    boilerplate: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    hotline: str = ""


class ResponseSettings(BaseModel):
    """Minutes from an incident's first alert until each step of the response is owed."""

    model_config = ConfigDict(extra="forbid")

    assess: int = Field(default=OWED["assess"] // MINUTE, gt=0, le=LONGEST_OWED)
    first: int = Field(default=OWED["first"] // MINUTE, gt=0, le=LONGEST_OWED)
    considered: int = Field(default=OWED["considered"] // MINUTE, gt=0, le=LONGEST_OWED)
    full: int = Field(default=OWED["full"] // MINUTE, gt=0, le=LONGEST_OWED)


class Settings(BaseModel):
    """Everything an operator may set; ``docs/settings.md`` explains each."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    database: str = "sqlite:///chengqing.db"
    smtp: SecretStr | None = None
    secret: SecretStr | None = None
    allow_private: Annotated[tuple[str, ...], BeforeValidator(_hosts)] = ()
    testdata: Path = Path("../shared")
    zone: str = "Asia/Shanghai"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: str = ""
    secure_cookies: bool = False
    policy: Literal["pr_lead+legal", "one_other"] = "pr_lead+legal"
    contact: str = ""
    #: An affair's records are kept half a year at least (电信服务规范 7).
    keep_days: int | None = Field(default=None, ge=184)
    model: Path | None = None
    words: tuple[str, ...] = ()
    clock: str | None = None
    company: CompanySettings = CompanySettings()
    response: ResponseSettings = ResponseSettings()

    @field_validator("words", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        """Read the list that a path names; a list in the settings file is taken as it is."""
        if not isinstance(value, str) or not value:
            return value or ()
        try:
            return read_words(Path(value))
        except WordListError as error:
            why = _told(f"words_{error.why}", path=value, most=MOST_WORDS)
            raise ValueError(why) from error

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError) as error:
            raise ValueError(_told("bad_zone", zone=value)) from error
        return value

    @field_validator("public_url")
    @classmethod
    def _whole_address(cls, value: str) -> str:
        if value and not PUBLIC_ADDRESS.fullmatch(value):
            raise ValueError(_told("bad_public_url", value=value))
        return value

    @field_validator("secret")
    @classmethod
    def _long_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(_told("short_secret", length=SHORTEST_SECRET))
        return value

    @field_validator("clock")
    @classmethod
    def _clock_form(cls, value: str | None) -> str | None:
        if value:
            try:
                WarpClock.parse(value)
            except ValueError as error:
                raise ValueError(_told("bad_clock", value=value)) from error
        return value or None

    @property
    def now(self) -> Clock:
        """The clock that everything is given."""
        return WarpClock.parse(self.clock) if self.clock else real

    @property
    def address(self) -> str:
        """Where the public reaches the newsroom, without a final slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def who(self) -> Company:
        """The issuer."""
        return Company(**self.company.model_dump())

    @property
    def owed(self) -> dict[str, timedelta]:
        """How long after an incident's first alert each step of the response is owed."""
        return {name: minutes * MINUTE for name, minutes in self.response.model_dump().items()}

    @property
    def key(self) -> str:
        """The secret.

        Raises:
            SettingsError: none is set.
        """
        if self.secret is None:
            raise SettingsError(_told("no_secret"))
        return self.secret.get_secret_value()


def load(
    environ: Mapping[str, str] = os.environ, config: Path | None = None, **arguments: Any
) -> Settings:
    """Read all settings; an argument that is None was not given.

    Raises:
        SettingsError: a file cannot be read, a key is unknown or a value does not fit.
    """
    try:
        outer = {**_env_file(), **environ}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(_told("bad_config", path=ENV_FILE, why=error)) from error
    path = config or Path(outer.get(PREFIX + "CONFIG", CONFIG_FILE))
    merged = _from_file(path, required=config is not None or PREFIX + "CONFIG" in outer)
    _merge(merged, _from_environment(outer))
    _merge(merged, {name: value for name, value in arguments.items() if value is not None})
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        raise SettingsError(_explain(error)) from error


def _merge(into: dict[str, Any], values: Mapping[str, Any]) -> None:
    """Lay values over values; of a table only what is named is replaced."""
    for name, value in values.items():
        if name in TABLES and isinstance(value, Mapping) and isinstance(into.get(name), dict):
            into[name].update(value)
        else:
            into[name] = value


def _from_file(path: Path, required: bool) -> dict[str, Any]:
    if not path.is_file():
        if required:
            raise SettingsError(_told("no_config", path=path))
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(_told("bad_config", path=path, why=error)) from error
    if "secret" in values:
        # A settings file is copied, mailed and committed; what must stay secret has no place in it.
        raise SettingsError(_told("secret_in_file", path=path))
    for name in ("smtp", "database"):
        if HOLDS_PASSWORD.search(str(values.get(name, ""))):
            variable = PREFIX + name.upper()
            raise SettingsError(_told("password_in_file", path=path, name=name, variable=variable))
    return values


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for variable, value in environ.items():
        name = variable.removeprefix(PREFIX)
        if name == variable or variable.startswith(COOKIE_PREFIX) or name in OUTSIDE:
            continue
        field = name.lower()
        table = field.partition("_")[0]
        if table in TABLES and field != table:
            values.setdefault(table, {})[field.removeprefix(f"{table}_")] = value
        else:
            values[field] = value
    return values


def _why(problem: ErrorDetails) -> str:
    """Return what is wrong in our own words, where there are any."""
    own = problem.get("ctx", {}).get("error")
    return str(own) if own else problem["msg"]


def _explain(error: ValidationError) -> str:
    lines = []
    for problem in error.errors(include_url=False, include_input=False):
        name = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            near = difflib.get_close_matches(name, Settings.model_fields, 1)
            hint = _told("did_you_mean", name=near[0]) if near else ""
            lines.append(_told("unknown_setting", name=name, hint=hint))
        else:
            lines.append(_told("wrong_setting", name=name, why=_why(problem)))
    return "\n".join(lines)
