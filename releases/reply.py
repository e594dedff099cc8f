"""Each leading question in public words, with the facts that answer it."""

from __future__ import annotations

import re
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

#: Questions about what can be done, which advice and measures answer.
_DOING = re.compile(
    "能不能|能否|可不可以|可以[^，。？]{0,10}吗|能[^，。？]{0,8}[吗不]|怎么(?:办|退|赔|换|处理|联系)|如何|要不要"
    "|该不该|去哪|在哪|什么时候|多久|会不会(?:赔|退|召回)"
)


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
        made.append(Reply(concern.id, question, _status(concern.question, found), found))
    return made


def _status(question: str, found: Sequence[Fact]) -> str:
    """Say how far facts answer: who asks what is so is not answered by what can be done."""
    if not found:
        return "unknown"
    told = any(fact.kind == FactKind.FINDING for fact in found)
    return "answered" if told or _DOING.search(question) else "partly"
