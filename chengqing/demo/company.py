"""The demo's fictional company: who it is, who works there, and what it can say for sure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from chengqing.demo.world import fill

FILE = Path(__file__).parent / "company.toml"


@dataclass(frozen=True)
class Profile:
    """What a release says about its issuer."""

    name: str
    short: str
    name_en: str
    city: str
    boilerplate: str
    contact_name: str
    contact_phone: str
    contact_email: str
    hotline: str


@dataclass(frozen=True)
class DemoPerson:
    """Someone who works with the product in the demo."""

    key: str
    name: str
    email: str
    roles: tuple[str, ...]
    title: str


@dataclass(frozen=True)
class DemoFact:
    """A fact: who enters it, who checks it, who answers for it (keys of people)."""

    key: str
    concern: str
    kind: str
    statement: str
    words: tuple[str, ...]
    source: str
    evidence: str
    entered_by: str
    verified_by: str
    owner: str


@dataclass(frozen=True)
class DemoUnknown:
    """What is not known yet about a public question."""

    concern: str
    statement: str


@dataclass(frozen=True)
class DemoConcern:
    """A question of the public, and the words by which it sees it answered."""

    key: str
    question: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class DemoCompany:
    """All of it, with days and moments put in."""

    profile: Profile
    topic: str
    query: str
    people: tuple[DemoPerson, ...]
    facts: tuple[DemoFact, ...]
    unknowns: tuple[DemoUnknown, ...]
    concerns: tuple[DemoConcern, ...]

    @property
    def words(self) -> Mapping[str, tuple[str, ...]]:
        """The words of each question, for :class:`chengqing.demo.world.World`."""
        return {concern.key: concern.words for concern in self.concerns}


def company(start: datetime, path: Path = FILE) -> DemoCompany:
    """Return the company of an affair that begins at ``start`` (aware)."""
    with path.open("rb") as file:
        read = tomllib.load(file)
    return DemoCompany(
        profile=Profile(**read["company"]),
        topic=read["topic"]["name"],
        query=read["topic"]["query"],
        people=tuple(
            DemoPerson(**(row | {"roles": tuple(row["roles"])})) for row in read["person"]
        ),
        facts=tuple(_fact(row, start) for row in read["fact"]),
        unknowns=tuple(
            DemoUnknown(row["concern"], fill(row["statement"], start)) for row in read["unknown"]
        ),
        concerns=tuple(
            DemoConcern(key, row["question"], tuple(row["words"]))
            for key, row in read["concerns"].items()
        ),
    )


def _fact(row: Mapping[str, Any], start: datetime) -> DemoFact:
    texts = {key: fill(row[key], start) for key in ("statement", "evidence", "source")}
    return DemoFact(**(dict(row) | texts | {"words": tuple(row["words"])}))
