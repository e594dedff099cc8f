"""What a rule finds in a text, and everything a rule may look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from releases.canonical import digest, sha256
from releases.content import fact_ids
from releases.facts import evidence_counts
from releases.reply import QUESTIONS, own_names
from releases.terms import Terms
from storage.incident import concerns_of
from storage.release import Approval, Fact, Release
from storage.topic import Topic
from templates.catalogue import Language, say

Level = Literal["must", "should"]
#: Rules that no reason puts aside: a broken link to a fact, an unfinished text, an old approval.
NEVER_WAIVED = frozenset({"R2", "R27", "R28"})


@dataclass(frozen=True)
class Finding:
    """One objection to a release.

    Attributes:
        rule: its number in the house's list, R1 to R28.
        level: ``must`` stands in the way of review and publication, ``should`` is advice.
        key: catalogue key, ``releases.<name>``.
        values: what fills its placeholders.
        where: path of the text it is about, as ``releases.content.walk`` names it; empty is all.
        text: the text it is about, by which a waiver knows it again.
    """

    rule: str
    level: Level
    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    where: str = ""
    text: str = ""

    @property
    def id(self) -> str:
        """Names this objection to this very text; the text changed, it is another."""
        about = [self.key, self.text, sorted(map(str, self.values.items()))]
        return f"{self.rule}-{sha256(about)[:12]}"

    @property
    def blocks(self) -> bool:
        """Whether it stands in the way."""
        return self.level == "must"

    @property
    def waivable(self) -> bool:
        """Whether a person may put it aside with a reason."""
        return self.rule not in NEVER_WAIVED

    def say(self, language: Language = "zh") -> str:
        """Return the sentence for the editor."""
        return say(self.key, language, **self.values)


@dataclass(frozen=True)
class FactView:
    """A fact as a rule sees it; ``flaw`` is empty where a release may rest on it."""

    id: int
    statement: str
    source: str
    flaw: Literal["", "unverified", "own", "expired", "revoked"] = ""
    evidence: int = 0

    @property
    def whole(self) -> str:
        """Statement and source as one text."""
        return f"{self.statement}\n{self.source}"


@dataclass(frozen=True)
class Context:
    """What surrounds a text when it is checked.

    Attributes:
        now: aware time of the check.
        terms: issuer, zone and policy.
        number: the release's number.
        facts: the facts of its topic that it names, by id; one that is absent does not exist.
        concerns: the leading questions now, id and text as asked, largest first.
        names: names that belong to the issuer and may stand.
        digest: hash of the text as it is now.
        signed: hashes of the texts that approvals not voided stand for.
        publishing: whether this is the check at the instant of publication.
    """

    now: datetime
    terms: Terms
    number: str = ""
    facts: Mapping[int, FactView] = field(default_factory=dict)
    concerns: Sequence[tuple[int, str]] = ()
    names: Sequence[str] = ()
    digest: str = ""
    signed: frozenset[str] = frozenset()
    publishing: bool = False


def context_of(
    session: Session, release: Release, now: datetime, terms: Terms, publishing: bool = False
) -> Context:
    """Gather what the rules need for a release at ``now``."""
    topic = session.get_one(Topic, release.topic_id)
    incident = release.incident_id
    leading = concerns_of(session, incident, QUESTIONS) if incident is not None else []
    signed = select(Approval.digest).where(
        Approval.release_id == release.id, Approval.voided.is_(None)
    )
    return Context(
        now=now,
        terms=terms,
        number=release.number,
        facts=_views(session, release, now),
        concerns=[(concern.id, concern.question) for concern in leading],
        names=own_names(topic, terms),
        digest=digest(
            release.number, release.version, release.content["headline"]["text"], release.content
        ),
        signed=frozenset(session.scalars(signed)),
        publishing=publishing,
    )


def _views(session: Session, release: Release, now: datetime) -> dict[int, FactView]:
    wanted = select(Fact).where(
        Fact.id.in_(fact_ids(release.content)), Fact.topic_id == release.topic_id
    )
    found = list(session.scalars(wanted.execution_options(populate_existing=True)))
    counts = evidence_counts(session, [fact.id for fact in found])
    return {
        fact.id: FactView(
            fact.id, fact.statement, fact.source, _flaw(fact, now), counts.get(fact.id, 0)
        )
        for fact in found
    }


def _flaw(fact: Fact, now: datetime) -> Literal["", "unverified", "own", "expired", "revoked"]:
    if fact.usable(now):
        return ""
    if fact.revoked is not None:
        return "revoked"
    if fact.verified_by is None:
        return "unverified"
    return "own" if fact.verified_by == fact.entered_by else "expired"
