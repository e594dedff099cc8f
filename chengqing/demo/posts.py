"""The written affair: posts, threads and articles as data, read from ``script/``."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, get_args

from chengqing.demo.cast import Voice, read_cast, seed_of, voice

Platform = Literal["weibo", "forum", "news"]
Phase = Literal["baseline", "question", "anxiety", "doubt", "anger", "turn"]

FOLDER = Path(__file__).parent / "script"
PHASES: tuple[Phase, ...] = get_args(Phase)

_OFFSET = re.compile(r"(-?)(\d+):(\d{2})")


class ScriptError(ValueError):
    """The script is not written as it should be; the message names file, line and slip."""


@dataclass(frozen=True)
class Counts:
    """What a post has gathered once it is old."""

    likes: int
    comments: int
    reposts: int


@dataclass(frozen=True)
class Post:
    """One written post, comment, forum post or article.

    ``at`` counts from the start of the affair, in the phase ``turn`` from the statement.
    ``needs`` and ``lacks`` name a public question: the post is written only if the statement
    speaks to it, or only if it does not.
    """

    number: int
    platform: Platform
    phase: Phase
    at: timedelta
    author: Voice
    text: str
    counts: Counts
    parent: int | None = None
    repost_of: int | None = None
    thread: str | None = None
    title: str | None = None
    outlet: str | None = None
    edited: timedelta | None = None
    banned: bool = False
    anyway: bool = False
    needs: str | None = None
    lacks: str | None = None
    concern: str | None = None


@dataclass(frozen=True)
class Thread:
    """A forum thread, whose first post is the first that names it."""

    tid: int
    title: str
    views: int
    sticky: bool = False


@dataclass(frozen=True)
class Script:
    """Everything that is said, in the order of writing."""

    posts: tuple[Post, ...]
    threads: Mapping[str, Thread]


def offset(text: str) -> timedelta:
    """Read ``h:mm``, with a minus before the start of the affair.

    Raises:
        ScriptError: the text is not of that form.
    """
    match = _OFFSET.fullmatch(text)
    if match is None:
        raise ScriptError(f"{text!r} is not h:mm")
    sign, hours, minutes = match.groups()
    span = timedelta(hours=int(hours), minutes=int(minutes))
    return -span if sign else span


def load(folder: Path = FOLDER) -> Script:
    """Read the script of ``folder``: ``cast.toml``, ``*.jsonl``, threads and news.

    Raises:
        ScriptError: a line is not JSON, or answers a post that is not there.
    """
    cast = read_cast(folder / "cast.toml")
    with (folder / "forum.threads.toml").open("rb") as file:
        threads = {
            key: Thread(tid=101 + rank, **row)
            for rank, (key, row) in enumerate(tomllib.load(file).items())
        }
    return Script(posts=tuple(_posts(folder, cast)), threads=threads)


def _posts(folder: Path, cast: Mapping[str, Mapping[str, Any]]) -> Iterator[Post]:
    rows = list(enumerate(_rows(folder), 1))
    names = {row["id"]: number for number, (_, _, row, _) in rows if "id" in row}
    for number, (platform, phase, row, where) in rows:
        try:
            yield _post(number, platform, phase, row, (cast, names))
        except (KeyError, ScriptError) as error:
            raise ScriptError(f"{where}: {error}") from error


def _rows(folder: Path) -> Iterator[tuple[Platform, Phase, dict[str, Any], str]]:
    """Yield platform, phase, row and place, in the order of the affair."""
    platforms: tuple[Platform, ...] = ("weibo", "forum")
    for platform in platforms:
        for phase in PHASES:
            path = folder / f"{platform}.{phase}.jsonl"
            for line_number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                where = f"{path.name}:{line_number}"
                try:
                    yield platform, phase, json.loads(line), where
                except json.JSONDecodeError as error:
                    raise ScriptError(f"{where}: {error}") from error
    with (folder / "news.toml").open("rb") as file:
        for row in tomllib.load(file)["article"]:
            yield "news", row["phase"], row | {"by": row["author"], "text": row["body"]}, "news"


def _post(
    number: int,
    platform: Platform,
    phase: Phase,
    row: Mapping[str, Any],
    known: tuple[Mapping[str, Mapping[str, Any]], Mapping[str, int]],
) -> Post:
    cast, names = known
    return Post(
        number=number,
        platform=platform,
        phase=phase,
        at=offset(row["at"]),
        author=voice(row["by"], cast),
        text=row["text"].strip(),
        counts=_counts(row),
        parent=_reference(row.get("re") or row.get("quote"), number, names),
        repost_of=_reference(row.get("rt"), number, names),
        thread=row.get("in"),
        edited=offset(row["edited"]) if "edited" in row else None,
        concern=row.get("c"),
        **{key: row[key] for key in _PLAIN if key in row},
    )


_PLAIN = ("title", "outlet", "banned", "anyway", "needs", "lacks")


def _reference(name: str | None, number: int, names: Mapping[str, int]) -> int | None:
    """Return the number of the post meant: by its id, or ``^`` for each line upwards."""
    if name is None:
        return None
    if set(name) == {"^"}:
        return number - len(name)
    return names[name]


def _counts(row: Mapping[str, Any]) -> Counts:
    """Return the written counts, or small ones that are stable for the text."""
    if "n" in row:
        return Counts(*row["n"])
    seed = seed_of(row["text"])
    return Counts(likes=seed % 61, comments=0, reposts=seed % 5)
