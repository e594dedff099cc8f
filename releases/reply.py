"""Each leading question in public words, with the facts that answer it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from releases.match import Asked, fitting
from releases.question import public_question
from releases.terms import Terms
from storage.incident import Concern
from storage.release import Fact, FactKind
from storage.topic import Topic

#: How many of the leading questions a release must treat, and by how many facts each at most.
QUESTIONS, FACTS = 5, 3


@dataclass(frozen=True)
class Reply:
    """One question and the facts that answer it."""

    concern_id: int
    question: str
    status: str
    facts: tuple[Fact, ...]


def own_names(topic: Topic, terms: Terms) -> list[str]:
    """Return the names that belong to the issuer: they may stand, and bind nothing."""
    company = terms.company
    return [name for name in (company.name, company.short, company.name_en, topic.name) if name]


def replies(
    concerns: Iterable[Concern], usable: Sequence[Fact], names: Sequence[str]
) -> list[Reply]:
    """Return each question in public words with the facts that answer it, and how far."""
    made: list[Reply] = []
    for concern in concerns:
        asked = Asked(concern.question, tuple(map(str, concern.words)))
        found = tuple(fitting(asked, usable, names)[:FACTS])
        question = public_question(concern.question, concern.words, names)
        made.append(Reply(concern.id, question, _status(found), found))
    return made


def _status(found: Sequence[Fact]) -> str:
    """Say how far facts answer: what was done or can be done is not yet what is so."""
    if not found:
        return "unknown"
    return "answered" if any(fact.kind == FactKind.FINDING for fact in found) else "partly"
