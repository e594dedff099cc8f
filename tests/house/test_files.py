"""What the repository holds and promises: locks, commands, and a wheel that is whole."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from chengqing.cli import COMMANDS

ROOT = Path(__file__).parents[2]
LOCKS = sorted(ROOT.glob("requirements*.lock"))
#: Spelled in parts, so that this file does not name what it looks for.
INDEX_HOSTS = re.compile("py" r"pi\.org|python" r"hosted\.org|npm" r"js\.(org|com)|simple/?index")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(\[[a-z,]+\])?==([^ ;\\]+)(?: ; [^\\]+)? \\$")


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def test_no_file_names_a_package_index() -> None:
    named = {
        str(path.relative_to(ROOT))
        for path in _tracked()
        if INDEX_HOSTS.search(path.read_bytes().decode("utf-8", "ignore"))
    }
    assert named == set()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_is_versions_and_hashes_and_nothing_else(lock: Path) -> None:
    for line in lock.read_text().splitlines():
        assert PINNED.match(line) or re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line), (
            line
        )


def _names(lock: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in (ROOT / lock).read_text().splitlines():
        if match := PINNED.match(line):
            found.setdefault(match[1], set()).add(match[3])
    return found


def _wanted(requirements: list[str]) -> set[str]:
    names = {re.split(r"[\[<>=!~ ;]", text)[0] for text in requirements}
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = project["dependency-groups"]
    runtime = (
        project["project"]["dependencies"] + project["project"]["optional-dependencies"]["fast"]
    )
    assert _wanted(runtime) <= set(_names("requirements.lock"))
    tools = groups["test"] + groups["browser"] + groups["check"]
    assert _wanted(tools) <= set(_names("requirements-dev.lock"))
    assert _wanted(groups["build"]) <= set(_names("requirements-build.lock"))
    assert _wanted(groups["setup"]) <= set(_names("requirements-uv.lock"))


def test_the_locks_agree() -> None:
    runtime, tools = _names("requirements.lock"), _names("requirements-dev.lock")
    assert {name for name in runtime.keys() & tools.keys() if runtime[name] != tools[name]} == set()


GUIDES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_a_guide_names_only_commands_and_targets_that_exist(guide: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    text = guide.read_text("utf-8")
    pieces = re.findall(r"```.*?\n(.*?)```|`([^`\n]+)`", text, re.DOTALL)
    code = "\n".join(re.sub(r"#.*", "", block or span) for block, span in pieces)
    assert set(re.findall(r"\bmake ([a-z]+)\b", code)) <= targets
    assert set(re.findall(r"\bchengqing ([a-z]+)\b", code)) <= set(COMMANDS)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_links_in_a_guide_lead_somewhere(guide: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", guide.read_text("utf-8"))
    assert [link for link in links if not (guide.parent / link).exists()] == []


def test_the_changelog_opens_with_the_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    headings = re.findall(
        r"^## \[?([0-9.]+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )
    assert headings[0] == version


def test_the_wheel_is_whole(tmp_path: Path) -> None:
    if not (ROOT / "dashboard/static/vendor/lock.sha256").exists():
        pytest.skip("the dashboard's JavaScript is not here: make demo fetches it")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    shipped = {
        str(path.relative_to(ROOT))
        for room in ("templates", "storage", "analysis", "dashboard", "chengqing", "crawler")
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert shipped <= names
    for needed in (
        "storage/migrations/env.py",
        "storage/migrations/script.py.mako",
        "storage/migrations/versions/0001_first_tables.py",
        "templates/texts/dashboard.toml",
        "dashboard/static/vendor/echarts.min.js",
        "dashboard/static/vendor/htmx.min.js",
        "dashboard/static/vendor/echarts.LICENSE",
    ):
        assert needed in names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/", ".ci/"))]
