"""The house keeps its shape: arrows point down, names are ours alone, files and functions short."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = (
    "chengqing",
    "dashboard",
    "alerts",
    "crawler",
    "releases",
    "delivery",
    "analysis",
    "storage",
    "templates",
)
LONGEST_FILE = 300
LONGEST_FUNCTION = 50


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _files(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    # Alembic writes migrations, people the rest.
    return sorted(path for path in found if "versions" not in path.parts)


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_arrows_point_down() -> None:
    checker = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [checker, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("room", ROOMS)
def test_no_installed_distribution_brings_a_package_of_our_name(room: str) -> None:
    assert set(packages_distributions().get(room, [])) <= {"chengqing"}
    assert Path(__import__(room).__file__).is_relative_to(ROOT)


def test_no_file_is_long() -> None:
    long = {
        f"{path.relative_to(ROOT)}: {lines}"
        for path in _files(*ROOMS, "tests", "benchmarks")
        if (lines := path.read_text("utf-8").count("\n")) > LONGEST_FILE
    }
    assert long == set()


def test_files_are_short_as_a_rule() -> None:
    sizes = [lines for path in _files(*ROOMS) if (lines := path.read_text("utf-8").count("\n"))]
    assert median(sizes) <= 90


def test_no_function_is_long() -> None:
    long = {
        f"{path.relative_to(ROOT)} {name}: {lines}"
        for path in _files(*ROOMS, "benchmarks")
        for name, lines in _functions(path)
        if lines > LONGEST_FUNCTION
    }
    assert long == set()


def test_every_module_says_what_it_is_for() -> None:
    silent = {
        str(path.relative_to(ROOT)) for path in _files(*ROOMS) if not ast.get_docstring(_tree(path))
    }
    assert silent == set()


def test_pages_take_their_words_from_the_catalogue() -> None:
    """So that both languages stay whole; a language's own name is the same in both."""
    chinese = re.compile(r"[\u4e00-\u9fff]")
    passed_over = re.compile(r"{#.*?#}|<!--.*?-->|中文", re.DOTALL)
    spoken = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates" / "dashboard").rglob("*.html")
        if chinese.search(passed_over.sub("", path.read_text("utf-8")))
    }
    assert spoken == set()
