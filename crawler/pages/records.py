"""What readers of discussion pages find."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from crawler.pages.html import Element


class UnknownPage(Exception):
    """A page of a known platform in a shape its reader does not know."""


class ClosedPage(Exception):
    """A page on which the site says why it shows nothing.

    Attributes:
        kind: "login_needed", "blocked" or "gone".
        words: the site's own words, shortened.
    """

    def __init__(self, kind: str, words: str) -> None:
        self.kind = kind
        self.words = " ".join(words.split())[:120]
        super().__init__(f"{kind}: {self.words}")


@dataclass(frozen=True)
class Post:
    """One post as read; ``key`` is the platform's number within the thread."""

    key: str
    text: str
    author: str | None = None
    author_id: str | None = None
    published: datetime | None = None
    edited: datetime | None = None
    first: bool = False
    quoted: str | None = None
    region: str | None = None
    likes: int | None = None


@dataclass(frozen=True)
class ThreadPage:
    """One page of a thread.

    Attributes:
        posts: visible posts with a text, in order.
        dropped: reasons and numbers of posts left out, such as {"locked": 1}.
        next_url: absolute address of the following page, if any.
    """

    tid: str
    subject: str
    posts: tuple[Post, ...]
    dropped: dict[str, int] = field(default_factory=dict)
    page: int = 1
    next_url: str | None = None
    views: int | None = None
    replies: int | None = None


@dataclass(frozen=True)
class ThreadRow:
    """A thread as its forum lists it; ``mark`` changes when someone replies."""

    tid: str
    url: str
    title: str
    mark: str


@dataclass(frozen=True)
class ListPage:
    """A forum's list of threads, or a site's list of forums."""

    threads: tuple[ThreadRow, ...] = ()
    forums: tuple[str, ...] = ()
    next_url: str | None = None


class Engine(Protocol):
    """What the reader of a forum engine offers; a module of ``crawler.pages`` is one."""

    @property
    def __name__(self) -> str: ...

    def is_made_by(self, root: Element) -> bool:
        """Say whether this engine made the page."""
        ...

    def is_thread(self, root: Element) -> bool:
        """Say whether the page shows the posts of a thread."""
        ...

    def read_thread(self, root: Element, url: str, now: datetime) -> ThreadPage:
        """Read one page of a thread."""
        ...

    def read_list(self, root: Element, url: str, now: datetime) -> ListPage:
        """Read a list of threads or forums."""
        ...

    def thread_page(self, url: str, page: int) -> str:
        """Return the address of another page of a thread."""
        ...
