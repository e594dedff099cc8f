"""The catalogue: every text in both languages, with the same gaps, and every key in use known."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from string import Formatter

from crawler.spiders import REGISTRY
from templates.catalogue import TEXTS, entries

ROOT = Path(__file__).parents[2]
ROOMS = (
    "chengqing",
    "dashboard",
    "alerts",
    "crawler",
    "releases",
    "delivery",
    "analysis",
    "templates",
)
FILES = [path.stem for path in sorted(TEXTS.glob("*.toml"))]
KEY = re.compile(rf"(?:{'|'.join(FILES)})\.[A-Za-z][A-Za-z0-9_]*")


def _gaps(text: str) -> set[str]:
    return {
        re.split(r"[.\[]", gap)[0] for _, gap, _, _ in Formatter().parse(text) if gap is not None
    }


def _keys_in_code() -> Iterator[tuple[str, str]]:
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                value = node.value if isinstance(node, ast.Constant) else None
                if isinstance(value, str) and KEY.fullmatch(value):
                    yield value, f"{path.relative_to(ROOT)}:{node.lineno}"


def _keys_in_pages() -> Iterator[tuple[str, str]]:
    for path in (ROOT / "templates").rglob("*"):
        if path.suffix in {".html", ".txt", ".xml", ".j2"}:
            for key in re.findall(rf"[\"']({KEY.pattern})[\"']", path.read_text("utf-8")):
                yield key, str(path.relative_to(ROOT))


def test_every_text_is_there_in_both_languages() -> None:
    lacking = {
        key
        for key, words in entries().items()
        if set(words) != {"zh", "en"} or not all(text.strip() for text in words.values())
    }
    assert lacking == set()


def test_both_languages_leave_the_same_gaps() -> None:
    unlike = {
        key: (words["zh"], words["en"])
        for key, words in entries().items()
        if _gaps(words["zh"]) != _gaps(words["en"])
        or not all(map(str.isidentifier, _gaps(words["zh"])))
    }
    assert unlike == {}


def test_every_key_in_use_has_a_text() -> None:
    used = [*_keys_in_code(), *_keys_in_pages()]
    assert len(used) > 100
    assert {f"{key} ({where})" for key, where in used if not _known(key)} == set()


def test_every_kind_of_source_has_a_name() -> None:
    assert {kind for kind in REGISTRY if f"dashboard.sourcekind_{kind}" not in entries()} == set()


def _known(key: str) -> bool:
    """Whether this is a text, the beginning of some texts' keys, or a page's or module's name."""
    if key.endswith("_"):
        return any(other.startswith(key) for other in entries())
    if (ROOT / "templates" / "dashboard" / key).exists():
        return True
    return key in entries() or (key.partition(".")[0] in ROOMS and find_spec(key) is not None)
