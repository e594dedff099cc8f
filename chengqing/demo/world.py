"""The affair as it stands at a moment: what is visible, and how it turns on a statement."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final
from zoneinfo import ZoneInfo

from chengqing.demo.posts import Counts, Platform, Post, Script, Thread

ZONE: Final = ZoneInfo("Asia/Shanghai")

#: How long after a statement people still write without having read it.
UNREAD: Final = timedelta(minutes=20)

#: After this time a post has 63 % of the counts it will ever have.
GROWTH: Final = timedelta(minutes=50)

_MOMENT = re.compile(r"\[(?:d([+-]?\d+)|t([+-]\d+):(\d{2}))\]")


@dataclass(frozen=True)
class Shown:
    """A post that is visible, with the moments and counts that hold now."""

    post: Post
    published: datetime
    edited: datetime | None
    text: str
    counts: Counts


@dataclass(frozen=True)
class Statement:
    """When the company spoke, and to which of the public's questions (``None``: to all)."""

    at: datetime
    answered: frozenset[str] | None


class World:
    """The affair, a pure function of the moment and of the statement.

    Args:
        script: What is said.
        start: When the affair begins; aware.
        words: The words by which the public sees that a statement speaks to a question.

    Raises:
        ValueError: ``start`` has no zone.
    """

    def __init__(
        self, script: Script, start: datetime, words: Mapping[str, Iterable[str]] | None = None
    ) -> None:
        if start.tzinfo is None:
            raise ValueError("the start of the affair needs a zone")
        self.script = script
        self.start = start
        self._words = {key: tuple(value) for key, value in (words or {}).items()}
        # Whatever answers comes after what it answers.
        self._order = sorted(script.posts, key=lambda post: (post.phase == "turn", post.at))
        self._openers = _openers(self._order)
        self._texts = {post.number: fill(post.text, start) for post in script.posts}
        self._last: dict[Platform | None, tuple[object, list[Shown]]] = {}
        self._lock = Lock()
        self._statement: Statement | None = None

    @property
    def statement(self) -> Statement | None:
        """The statement the public knows of."""
        return self._statement

    def statement_published(self, at: datetime, text: str | None = None) -> None:
        """Let the public know of a statement; only the first counts.

        Args:
            at: When it was published; aware.
            text: What it says; without it the public takes every question as answered.

        Raises:
            ValueError: ``at`` has no zone.
        """
        if at.tzinfo is None:
            raise ValueError("the moment of a statement needs a zone")
        answered = None if text is None else self._answered(text)
        with self._lock:
            self._statement = self._statement or Statement(at=at, answered=answered)

    def visible(self, now: datetime, platform: Platform | None = None) -> list[Shown]:
        """Return what can be read at ``now``, oldest first.

        Raises:
            ValueError: ``now`` has no zone.
        """
        if now.tzinfo is None:
            raise ValueError("the present needs a zone")
        statement = self._statement
        key, found = self._last.get(platform, (None, []))
        if key != (now, statement):
            found = self._walk(now, statement, platform)
            self._last[platform] = ((now, statement), found)
        return list(found)

    def _walk(
        self, now: datetime, statement: Statement | None, platform: Platform | None
    ) -> list[Shown]:
        found: dict[int, Shown] = {}
        for post in self._order:
            if platform not in (None, post.platform):
                continue
            shown = self._shown(post, now, statement)
            if shown and self._has_ground(post, found):
                found[post.number] = shown
        return sorted(found.values(), key=lambda shown: (shown.published, shown.post.number))

    def threads(self, now: datetime) -> dict[str, tuple[Thread, list[Shown]]]:
        """Return the forum's threads with their posts, oldest first, by the script's key."""
        found: dict[str, tuple[Thread, list[Shown]]] = {}
        for shown in self.visible(now, "forum"):
            key = shown.post.thread or ""
            found.setdefault(key, (self.script.threads[key], []))[1].append(shown)
        return found

    def _has_ground(self, post: Post, found: Mapping[int, Shown]) -> bool:
        """Whether there is what the post answers or passes on, and the thread it stands in."""
        links = [link for link in (post.parent, post.repost_of) if link is not None]
        opened = self._openers.get(post.thread or "", {post.number})
        return all(link in found for link in links) and (
            post.number in opened or any(number in found for number in opened)
        )

    def _answered(self, text: str) -> frozenset[str]:
        return frozenset(
            key for key, words in self._words.items() if any(word in text for word in words)
        )

    def _shown(self, post: Post, now: datetime, statement: Statement | None) -> Shown | None:
        if post.phase == "turn":
            origin = statement.at if statement and _fits(post, statement) else None
        else:
            origin = self.start if _goes_on(post, self.start, statement) else None
        if origin is None or origin + post.at > now:
            return None
        published = origin + post.at
        edited = origin + post.edited if post.edited is not None else None
        return Shown(
            post=post,
            published=published,
            edited=edited if edited and edited <= now else None,
            text=self._texts[post.number],
            counts=grown(post.counts, now - published),
        )


def _openers(posts: Iterable[Post]) -> dict[str, set[int]]:
    """Return which posts may open each thread: the earliest, in each way it may be written."""
    found: dict[str, tuple[Post, set[int]]] = {}
    for post in posts:
        if post.thread is not None:
            first, numbers = found.setdefault(post.thread, (post, set()))
            if (post.phase, post.at) == (first.phase, first.at):
                numbers.add(post.number)
    return {thread: numbers for thread, (_, numbers) in found.items()}


def _fits(post: Post, statement: Statement) -> bool:
    """Whether the statement says what the post reacts to."""
    if statement.answered is None:
        return post.lacks is None
    met = post.needs is None or post.needs in statement.answered
    return met and post.lacks not in statement.answered


def _goes_on(post: Post, start: datetime, statement: Statement | None) -> bool:
    """Whether a post of the crisis is still written although a statement is out."""
    if statement is None or post.anyway or post.phase == "baseline":
        return True
    return start + post.at <= statement.at + UNREAD


def grown(counts: Counts, age: timedelta) -> Counts:
    """Return the counts of a post of that age: quick at first, then slower."""
    share = 1 - math.exp(-age / GROWTH)
    return Counts(
        likes=round(counts.likes * share),
        comments=round(counts.comments * share),
        reposts=round(counts.reposts * share),
    )


def minute(now: datetime) -> datetime:
    """Return the minute that ``now`` is in: the demo's pages change once a minute."""
    return now.replace(second=0, microsecond=0)


def fill(text: str, start: datetime) -> str:
    """Put in days and moments: ``[d-9]`` becomes 11月18日, ``[t+2:30]`` 11月27日11时30分."""

    def moment(match: re.Match[str]) -> str:
        days, hours, minutes = match.groups()
        if days is not None:
            day = start.astimezone(ZONE) + timedelta(days=int(days))
            return f"{day.month}月{day.day}日"
        time = start.astimezone(ZONE) + timedelta(hours=int(hours), minutes=int(minutes))
        return f"{time.month}月{time.day}日{time.hour}时{time.minute:02}分"

    return _MOMENT.sub(moment, text)
