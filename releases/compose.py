"""From a kind's templates to structured content: every line a sentence, every heading a block.

A template writes lines; ``# headline``, ``# lead``, ``# section KEY TITLE``,
``# answer CONCERN STATUS QUESTION`` and ``# unknowns`` begin blocks. The order of its sections is
the order in print; one without lines is not printed.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from releases.line import Sentence, parse_line, plain
from storage.release import Fact
from templates.catalogue import FOLDER

TEMPLATES = FOLDER / "releases"

Content = dict[str, Any]


class TemplateError(Exception):
    """A template wrote a line that belongs nowhere; the message names template and line."""


def compose(kind: str, name: str, values: Mapping[str, object]) -> Content:
    """Render ``templates/releases/<kind>/<name>.j2`` and read it into content.

    Returns:
        ``{"template", "headline", "lead", "sections", "answers", "unknowns"}``.

    Raises:
        TemplateError: a line stands before the first heading, or a heading is unknown.
    """
    seen: list[str] = []
    written = _environment().get_template(f"{kind}/{name}.j2").render(values, noted=seen)
    content: Content = {
        "template": {"id": f"{kind}/{name}", **_identity(kind)},
        "headline": [],
        "lead": [],
        "sections": [],
        "answers": [],
        "unknowns": [],
    }
    block: list[Sentence] | None = None
    for line in filter(None, map(str.strip, written.splitlines())):
        if line.startswith("# "):
            block = _open(content, line)
            continue
        if block is None:
            raise TemplateError(f"{kind}/{name}: no block for the line {line!r}")
        block.append(_template_sentence(line, seen))
    content["headline"] = content["headline"][0] if content["headline"] else None
    return content


def _open(content: Content, heading: str) -> list[Sentence]:
    """Begin the block that a heading names and return its sentences."""
    name, _, rest = heading[2:].partition(" ")
    if name in {"headline", "lead", "unknowns"}:
        block: list[Sentence] = content[name]
        return block
    made: Content = {"sentences": []}
    if name == "section":
        key, _, title = rest.partition(" ")
        content["sections"].append({"key": key, "title": title, **made})
    elif name == "answer":
        concern, status, question = rest.split(" ", 2)
        head = {"concern_id": int(concern), "question": question, "status": status}
        content["answers"].append({**head, **made})
    else:
        raise TemplateError(f"no block is called {name!r}: {heading}")
    return (content["sections"] if name == "section" else content["answers"])[-1]["sentences"]  # type: ignore[no-any-return]


def _template_sentence(line: str, seen: Iterable[str]) -> Sentence:
    one = parse_line(line, "template")
    ours = sorted({value for value in seen if value in one["text"]})
    return one | {"seen": ours} if ours else one


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - plain text; it is escaped where it becomes HTML
    )
    environment.filters |= {"plain": plain, "bare": _bare, "said": _said, "seen": _seen}
    environment.filters |= {"mark": lambda fact: _marks([fact]), "marks": _marks}
    return environment


@pass_context
def _seen(context: Context, value: object) -> str:
    """Keep a value of our own monitoring beside the sentence that it goes into."""
    context["noted"].append(str(value))
    return str(value)


def _bare(text: str) -> str:
    return text.rstrip("。.！!；;，, ")


def _said(fact: Fact) -> str:
    return f"{_bare(plain(fact.statement))}。 {_marks([fact])}"


def _marks(facts: Iterable[Fact]) -> str:
    return "".join(f"[F{fact.id}]" for fact in facts)


@cache
def _identity(kind: str) -> dict[str, object]:
    """Return version and hash of a kind's folder: the record of what wrote a release."""
    files = sorted((TEMPLATES / kind).iterdir())
    whole = hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()
    about = tomllib.loads((TEMPLATES / kind / "kind.toml").read_text("utf-8"))
    return {"version": about["version"], "sha256": whole[:16]}
