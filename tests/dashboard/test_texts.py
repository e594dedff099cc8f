"""Every text a page asks for is there, in both languages, and none is left over."""

from __future__ import annotations

import re
from pathlib import Path

from templates.catalogue import entries

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("templates/dashboard/*.html"), *ROOT.glob("templates/newsroom/*.html")]
CODE = list(ROOT.glob("dashboard/**/*.py"))
OURS = {key.removeprefix("dashboard.") for key in entries() if key.startswith("dashboard.")}
#: Names put together from a group and a value of a closed set.
GROUPS = re.findall(
    r"\w+",
    "nav role roledo mood stage kind author platform answer owed outcome factstate sight drop todo "
    "sourcekind delivery channel releasekind decision level said need by chart problem zone state "
    "capacity action trial voice",
)


def asked() -> set[str]:
    found: set[str] = set()
    for page in PAGES:
        found |= set(re.findall(r"\bt\('(\w+)'[,)]", page.read_text("utf-8")))
    for code in CODE:
        text = code.read_text("utf-8")
        found |= set(re.findall(r'\.say\(\s*"(\w+)"', text))
        found |= set(re.findall(r'"dashboard\.(\w+)"', text))
    return found


def test_nothing_is_missing():
    assert asked() - OURS == set()


def test_nothing_is_left_over():
    plain = {key for key in OURS if key.split("_")[0] not in GROUPS}
    spoken = "".join(page.read_text("utf-8") for page in PAGES)
    assert {key for key in plain - asked() if f"'{key}'" not in spoken} == set()


def test_every_step_says_what_it_did():
    said: set[str] = set()
    for code in CODE:
        said |= set(re.findall(r'said="(\w+)"', code.read_text("utf-8")))
    assert {f"said_{name}" for name in said} - OURS == set()


def test_both_languages_have_the_same_gaps():
    for key in OURS:
        words = entries()[f"dashboard.{key}"]
        gaps = [sorted(set(re.findall(r"\{(\w+)\}", words[one]))) for one in ("zh", "en")]
        assert gaps[0] == gaps[1], key
