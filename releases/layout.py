"""A release laid out, the same for every medium: order, numbering, dateline, signature."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from releases.line import Sentence, sentence
from releases.terms import day, minute
from templates.catalogue import say

_NUMERALS = "一二三四五六七八九十"
_ENDS = tuple("。！？…；：」』”）.!?")
_CONTACTS = ("name", "phone", "email", "hotline")


@dataclass(frozen=True)
class AnswerText:
    """A question and what is said to it."""

    question: str
    text: str
    status: str


@dataclass(frozen=True)
class SectionText:
    """A numbered section."""

    key: str
    title: str
    text: str
    answers: list[AnswerText] = field(default_factory=list)


@dataclass(frozen=True)
class Page:
    """A release ready for a medium; every string is plain text."""

    headline: str
    dateline: str
    short: str
    lead: str
    sections: list[SectionText]
    closing: str
    issuer: str
    day: str
    at: str
    contact: str
    boilerplate: str
    number: str


def layout(content: Mapping[str, Any], number: str, at: datetime, zone: ZoneInfo) -> Page:
    """Lay a release out; ``at`` is when it was published, or the present for a preview."""
    date = day(at, zone)
    return Page(
        headline=content["headline"]["text"],
        dateline=f"{content['city']}{date}",
        short=content["short"],
        lead=_run(content["lead"]),
        sections=_sections(content, zone),
        closing=content["closing"],
        issuer=content["issuer"],
        day=date,
        at=at.astimezone(zone).isoformat(timespec="seconds"),
        contact=_contact(content["contact"]),
        boilerplate=_about(content),
        number=say("releases.print_number", number=number),
    )


def summary(content: Mapping[str, Any], longest: int = 160) -> str:
    """Return the first sentences that rest on facts, or the first ones; whole sentences only."""
    bound = [one for one in content["lead"] if one["facts"]] or content["lead"]
    text = ""
    for one in bound:
        if text and len(text) + len(one["text"]) > longest:
            break
        text += _run([one])
    return text


def _sections(content: Mapping[str, Any], zone: ZoneInfo) -> list[SectionText]:
    made: list[SectionText] = []
    for section in content["sections"]:
        lines, answers = section["sentences"], []
        if section["key"] == "unknowns":
            lines = [*lines, *content["unknowns"], *_next(content, zone)]
        if section["key"] == "answers":
            answers = [
                AnswerText(one["question"], _run(one["sentences"]), one["status"])
                for one in content["answers"]
            ]
        if lines or answers:
            title = f"{numeral(len(made) + 1)}、{section['title']}"
            made.append(SectionText(section["key"], title, _run(lines), answers))
    return made


def _next(content: Mapping[str, Any], zone: ZoneInfo) -> list[Sentence]:
    """Say when the next word comes, from the time itself, so that the two never differ."""
    until = content["next_update"]
    if until is None:
        return []
    time = minute(datetime.fromisoformat(until), zone)
    return [sentence(say("releases.print_next", time=time))]


def numeral(value: int) -> str:
    """Write 1 to 99 in Chinese, as sections are numbered (GB/T 9704)."""
    tens, ones = divmod(value, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else f"{_NUMERALS[tens - 1]}十")
    return head + (_NUMERALS[ones - 1] if ones else "")


def _run(sentences: Iterable[Sentence]) -> str:
    """Set sentences one after the other, each with its full stop."""
    texts = (one["text"] for one in sentences)
    return "".join(text if text.endswith(_ENDS) else f"{text}。" for text in texts)


def _contact(contact: Mapping[str, str]) -> str:
    parts = [
        say(f"releases.print_{name}", value=contact[name])
        for name in _CONTACTS
        if contact.get(name)
    ]
    return "；".join(parts)


def _about(content: Mapping[str, Any]) -> str:
    text = content["boilerplate"]
    return say("releases.print_about", short=content["short"], text=text) if text else ""
