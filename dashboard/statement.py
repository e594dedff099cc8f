"""A release's content as the editor shows it: each sentence with what binds it, gaps named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from releases.findings import Finding


@dataclass(frozen=True)
class Span:
    """One sentence.

    Attributes:
        text: plain text.
        facts: ids of the facts it rests on.
        bond: ``fact``, ``seen`` (what our monitoring saw), ``human`` or ``template``.
        objections: what the rules say against it.
    """

    text: str
    facts: tuple[int, ...]
    bond: str
    objections: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Part:
    """A heading and its sentences; an answer also has a status and a concern."""

    title: str
    spans: list[Span]
    status: str = ""
    concern_id: int | None = None
    kind: str = "text"
    objections: tuple[Finding, ...] = ()

    @property
    def gap(self) -> bool:
        """Whether this is a question that no fact answers yet."""
        return self.kind == "answer" and self.status == "unknown"


@dataclass(frozen=True)
class Statement:
    """The whole in the order of print; ``rest`` are objections to no one sentence."""

    headline: Span
    parts: list[Part]
    rest: list[Finding] = field(default_factory=list)


def statement(content: Mapping[str, Any], findings: Sequence[Finding]) -> Statement:
    """Lay out a release's content with what the rules find in it."""
    at = _by_place(findings)
    parts = [Part("", _spans(content["lead"], "lead", at))]
    for index, section in enumerate(content["sections"]):
        if section["key"] == "answers":
            parts.append(Part(section["title"], [], kind="heading"))
            parts += _answers(content["answers"], at)
        elif section["key"] == "unknowns":
            spans = _spans(content["unknowns"], "unknowns", at)
            # As in print, a heading without a line is left out; the next update is such a line.
            if spans or content["next_update"]:
                parts.append(Part(section["title"], spans, kind="unknowns"))
        elif spans := _spans(section["sentences"], f"sections/{index}", at):
            parts.append(Part(section["title"], spans))
    shown = {one.id for part in parts for one in _objections(part)}
    headline = _span(content["headline"], "headline", at)
    shown |= {one.id for one in headline.objections}
    return Statement(headline, parts, [one for one in findings if one.id not in shown])


def _objections(part: Part) -> Iterable[Finding]:
    yield from part.objections
    for span in part.spans:
        yield from span.objections


def _by_place(findings: Sequence[Finding]) -> dict[str, tuple[Finding, ...]]:
    places: dict[str, tuple[Finding, ...]] = {}
    for one in findings:
        places[one.where] = (*places.get(one.where, ()), one)
    return places


def _answers(answers: Sequence[Mapping[str, Any]], at: Mapping[str, Any]) -> Iterable[Part]:
    for index, one in enumerate(answers):
        path = f"answers/{index}"
        yield Part(
            one["question"],
            _spans(one["sentences"], path, at),
            one["status"],
            one["concern_id"],
            "answer",
            (*at.get(path, ()), *at.get(f"{path}/question", ())),
        )


def _spans(sentences: Sequence[Mapping[str, Any]], path: str, at: Mapping[str, Any]) -> list[Span]:
    return [_span(one, f"{path}/{index}", at) for index, one in enumerate(sentences)]


def _span(sentence: Mapping[str, Any], path: str, at: Mapping[str, Any]) -> Span:
    facts = tuple(sentence["facts"])
    bond = "fact" if facts else "seen" if sentence.get("seen") else sentence["origin"]
    return Span(sentence["text"], facts, bond, at.get(path, ()))
