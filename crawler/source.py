"""What is fetched, how often, and what it promises: one TOML file a source."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator

from crawler.address import is_web
from crawler.spiders import REGISTRY

Seconds = Annotated[float, Field(ge=0, le=31 * 86_400)]


class BadSource(ValueError):
    """A source that cannot be used; says which, and what to change."""


class RobotsOverride(BaseModel):
    """Who let a source be fetched against its robots.txt, and why; both stay on record."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    by: Annotated[str, Field(min_length=1, max_length=100)]
    reason: Annotated[str, Field(min_length=1, max_length=500)]
    at: AwareDatetime


class Promises(BaseModel):
    """What a healthy visit brings; a visit that brings less says so."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    min_mentions: Annotated[int, Field(ge=0)] = 0


class SourceSpec(BaseModel):
    """One source; ``model_dump_json`` is the form the worker reads.

    Attributes:
        name: unique and short; mentions carry it as ``source``.
        kind: a key of ``crawler.spiders.REGISTRY``.
        url: where a visit begins; for weibo, the site or a search address.
        query: what to search for, where the kind searches.
        max_pages: how far a list, search or thread is turned, in pages of that list.
        every: seconds between visits.
        delay: seconds between requests to one host; None is 1, or 0 where ``allow_private``
            names the host, which is the operator's own.
        comments: pages of comments fetched for a post.
        cookie_setting: NAME of the setting ``CHENGQING_COOKIE_<NAME>``; the cookie itself is
            never here.
        allow_private: hosts or host:port that may lie on private addresses; from settings.
        state: what the last visit left (``VisitReport.state``).
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    name: Annotated[str, Field(min_length=1, max_length=100)]
    kind: str
    url: Annotated[str, Field(max_length=2_000)]
    query: Annotated[str, Field(max_length=200)] | None = None
    max_pages: Annotated[int, Field(ge=1, le=10_000)] = 10
    every: Seconds = 600
    delay: Annotated[float, Field(ge=0, le=300)] | None = None
    comments: Annotated[int, Field(ge=0, le=1_000)] = 1
    cookie_setting: Annotated[str, Field(pattern=r"^[A-Z0-9_]{1,40}$")] | None = None
    robots_override: RobotsOverride | None = None
    promises: Promises = Promises()
    allow_private: tuple[str, ...] = ()
    state: dict[str, Any] = {}

    @field_validator("kind")
    @classmethod
    def _known_only(cls, kind: str) -> str:
        if kind not in REGISTRY:
            raise ValueError(f"unknown kind {kind!r}; known are {', '.join(sorted(REGISTRY))}")
        return kind

    @field_validator("url")
    @classmethod
    def _web_only(cls, url: str) -> str:
        if not is_web(url):
            raise ValueError("must begin with http:// or https:// and name a host")
        return url


def load_source(path: Path) -> SourceSpec:
    """Read a source from its TOML file; its name defaults to the file's.

    Raises:
        BadSource: unreadable, unknown keys, wrong values, or keys that only settings may give.
    """
    try:
        with path.open("rb") as file:
            found = tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BadSource(f"{path}: {error}") from error
    if reserved := {"allow_private", "state"} & set(found):
        raise BadSource(f"{path}: {', '.join(sorted(reserved))} cannot be set in a source file")
    if secret := [key for key in found if re.fullmatch(r"cookies?", key)]:
        raise BadSource(f"{path}: put the cookie in CHENGQING_COOKIE_<NAME>, not in {secret[0]}")
    try:
        return checked(SourceSpec.model_validate({"name": path.stem, **found}))
    except ValidationError as error:
        raise BadSource(f"{path}: {fault(error)}") from error
    except BadSource as error:
        raise BadSource(f"{path}: {error}") from error


def checked(spec: SourceSpec) -> SourceSpec:
    """Return a source with which a visit can begin.

    Raises:
        BadSource: its kind searches, and it names nothing to search for.
    """
    if spec.kind == "weibo":
        from crawler.pages.weibo import search_of

        try:
            search_of(spec.url, spec.query)
        except ValueError as error:
            raise BadSource(str(error)) from error
    return spec


def fault(error: ValidationError) -> str:
    """Return the first field that does not fit, and why."""
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
