"""What a release's content holds, walked in the order of print.

Content is JSON: ``{"template", "concerns", "headline", "lead", "sections", "answers", "unknowns",
"next_update", "issuer", "contact", "boilerplate", "closing", "date"}``. A sentence is
``{"text", "facts": [ids], "origin": "template"|"human", "seen"?: [values of our monitoring]}``; a
section ``{"key", "title", "sentences"}``, where the keys ``answers`` and ``unknowns`` say where
those blocks are printed; an answer ``{"concern_id", "question", "status", "sentences"}``.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from releases.line import Sentence

Content = dict[str, Any]
#: How a release treats a question.
STATUSES = ("answered", "partly", "unknown", "declined")
#: The key of the section that names where the facts come from.
SOURCES = "sources"
#: The value of ``date`` that stands for the day on which the release goes out.
ON_PUBLICATION = "publication"


def walk(content: Mapping[str, Any]) -> Iterator[tuple[str, Sentence]]:
    """Yield every sentence with its path: ``headline``, ``lead/0``, ``answers/1/0`` and so on."""
    yield "headline", content["headline"]
    for name in ("lead", "unknowns"):
        yield from ((f"{name}/{index}", one) for index, one in enumerate(content[name]))
    for name in ("sections", "answers"):
        for index, block in enumerate(content[name]):
            for place, one in enumerate(block["sentences"]):
                yield f"{name}/{index}/{place}", one


def fact_ids(content: Mapping[str, Any]) -> list[int]:
    """Return the ids of the facts a release rests on, ascending."""
    return sorted({fact for _, one in walk(content) for fact in one["facts"]})


def told_ids(content: Mapping[str, Any]) -> set[int]:
    """Return the ids of the facts that a sentence tells, not only names the source of."""
    named = {f"sections/{n}/" for n, one in enumerate(content["sections"]) if one["key"] == SOURCES}
    told = (one for path, one in walk(content) if not path.startswith(tuple(named)))
    return {fact for one in told for fact in one["facts"]}


def everything(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield every printed text with its path, questions, titles and boilerplate included."""
    yield from ((path, one["text"]) for path, one in walk(content))
    for index, answer in enumerate(content["answers"]):
        yield f"answers/{index}/question", answer["question"]
    for index, section in enumerate(content["sections"]):
        yield f"sections/{index}/title", section["title"]
    for name in ("boilerplate", "closing", "issuer"):
        yield name, content[name]


def joined(content: Mapping[str, Any]) -> str:
    """Return all sentences as one text."""
    return "\n".join(one["text"] for _, one in walk(content))


def with_answers(content: Mapping[str, Any], more: Mapping[str, Any]) -> Content:
    """Return ``content`` with the answers of ``more`` after its own, and a section to hold them."""
    merged = copy.deepcopy(dict(content))
    merged["answers"] += more["answers"]
    if not any(section["key"] == "answers" for section in merged["sections"]):
        merged["sections"] = [*more["sections"], *merged["sections"]]
    return merged
