"""A release as a form: one text a block, one line a sentence; and the form read back."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from releases.content import STATUSES, Content
from releases.line import Sentence, parse, show, show_line
from releases.refusal import NotAllowed

#: Most sentences a block may hold.
MOST = 100


@dataclass(frozen=True)
class Block:
    """One text of the form.

    Attributes:
        path: what ``apply`` calls it: ``headline``, ``lead``, ``sections/0``, ``answers/0``,
            ``unknowns``.
        title: the heading in print: a section's title or a question; empty where there is none.
        text: its lines, each a sentence with the facts it rests on: ``…… [F3]``.
        concern_id: of an answer, the question's id.
        status: of an answer, one of ``STATUSES``.
    """

    path: str
    title: str
    text: str
    concern_id: int | None = None
    status: str | None = None


def blocks(content: Mapping[str, Any]) -> list[Block]:
    """Return the form of a release in the order of print."""
    form = [
        Block("headline", "", show_line(content["headline"])),
        Block("lead", "", show(content["lead"])),
    ]
    for index, section in enumerate(content["sections"]):
        if section["key"] == "answers":
            form += _answers(content)
        elif section["key"] == "unknowns":
            form.append(Block("unknowns", section["title"], show(content["unknowns"])))
        else:
            path = f"sections/{index}"
            form.append(Block(path, section["title"], show(section["sentences"])))
    return form


def apply(content: Mapping[str, Any], changes: Mapping[str, str], now: datetime) -> Content:
    """Return the content with ``changes`` made: block path, ``<answer>/status`` or ``next_update``.

    A sentence left as it was keeps its origin; any other is a human's from now on.

    Raises:
        NotAllowed: an unknown path or status, an empty headline, too many sentences, or a time
            that has no zone or has passed.
    """
    changed = copy.deepcopy(dict(content))
    for path, text in changes.items():
        if path == "next_update":
            changed["next_update"] = _moment(text, changed["next_update"], now)
        elif path == "headline":
            changed["headline"] = _headline(changed["headline"], text)
        elif path.endswith("/status"):
            _holder(changed, path.removesuffix("/status"), "answers")["status"] = _status(text)
        elif path in {"lead", "unknowns"}:
            changed[path] = _sentences(changed[path], text)
        else:
            holder = _holder(changed, path, path.split("/", maxsplit=1)[0])
            holder["sentences"] = _sentences(holder["sentences"], text)
    return changed


def _answers(content: Mapping[str, Any]) -> Iterable[Block]:
    for index, one in enumerate(content["answers"]):
        text = show(one["sentences"])
        yield Block(f"answers/{index}", one["question"], text, one["concern_id"], one["status"])


def _holder(content: Content, path: str, room: str) -> dict[str, Any]:
    name, _, index = path.partition("/")
    held: list[dict[str, Any]] = content[room] if room in {"sections", "answers"} else []
    if name != room or not index.isascii() or not index.isdigit() or int(index) >= len(held):
        raise NotAllowed("releases.edit_path", {"path": path[:80]})
    return held[int(index)]


def _sentences(before: Iterable[Sentence], text: str) -> list[Sentence]:
    kept = {(one["text"], tuple(one["facts"])): one for one in before}
    made = [kept.get((one["text"], tuple(one["facts"])), one) for one in parse(text, "human")]
    if len(made) > MOST:
        raise NotAllowed("releases.edit_too_long", {"limit": MOST})
    return made


def _headline(before: Sentence, text: str) -> Sentence:
    made = _sentences([before], text.replace("\r", " ").replace("\n", " "))
    if not made:
        raise NotAllowed("releases.edit_headline")
    return made[0] | {"text": made[0]["text"][:200]}


def _status(text: str) -> str:
    if text not in STATUSES:
        raise NotAllowed("releases.edit_status", {"status": text[:40]})
    return text


def _moment(text: str, before: str | None, now: datetime) -> str | None:
    if not text.strip():
        return None
    if text == before:
        return before
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise NotAllowed("releases.edit_time", {"time": text[:40]}) from error
    if moment.tzinfo is None:
        raise NotAllowed("releases.edit_time", {"time": text[:40]})
    if moment <= now:
        raise NotAllowed("releases.next_update_past")
    return moment.isoformat()
