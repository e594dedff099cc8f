"""The demo's forum, in the shape of Discuz! X3.4: a list, threads, dates, quotes, edit notes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from chengqing.clock import Clock
from chengqing.demo.pages import page
from chengqing.demo.posts import Thread
from chengqing.demo.world import ZONE, Shown, World, minute

T = TypeVar("T")

FID = 2
ROWS = 20
POSTS = 10

_ROBOTS = """User-agent: *
Disallow: /admin.php
Disallow: /search.php
Disallow: /member.php
Disallow: /home.php?mod=spacecp*
Disallow: /forum.php?mod=post*
Disallow: /forum.php?mod=redirect*
"""


@dataclass(frozen=True)
class Stamp:
    """A time as the forum shows it: ``words`` for the reader, ``title`` the exact one if any."""

    words: str
    title: str | None = None


@dataclass(frozen=True)
class Row:
    """A line of the thread list."""

    thread: Thread
    first: Shown
    last: Shown
    started: Stamp
    latest: Stamp
    replies: int
    views: int
    pages: int


@dataclass(frozen=True)
class Quote:
    """What a post quotes."""

    pid: int
    name: str
    when: str
    text: str


@dataclass(frozen=True)
class Floor:
    """A post as its thread shows it."""

    pid: int
    place: int
    shown: Shown
    stamp: Stamp
    edited: str | None
    quote: Quote | None
    uid: int


def pid_of(number: int) -> int:
    """Return the forum's id of a post by its number in the script."""
    return 20_000 + number


def written(moment: datetime, *, seconds: bool = False) -> str:
    """Return a time as the forum writes it in full, without padding the date."""
    here = moment.astimezone(ZONE)
    clock = f"{here:%H:%M:%S}" if seconds else f"{here:%H:%M}"
    return f"{here.year}-{here.month}-{here.day} {clock}"


def stamp(moment: datetime, now: datetime, *, seconds: bool = False) -> Stamp:
    """Return a time as the forum shows it to readers: relative for a week."""
    exact, age = written(moment, seconds=seconds), now - moment
    here = moment.astimezone(ZONE)
    days = (now.astimezone(ZONE).date() - here.date()).days
    if days == 0:
        return Stamp(_today(age), exact)
    if days <= 2:
        return Stamp(f"{'昨天' if days == 1 else '前天'}\xa0{here:%H:%M}", exact)
    return Stamp(f"{days}\xa0天前", exact) if days <= 7 else Stamp(exact)


def _today(age: timedelta) -> str:
    seconds = int(age.total_seconds())
    if seconds >= 3_600:
        return f"{seconds // 3_600}\xa0小时前"
    if seconds >= 1_800:
        return "半小时前"
    return f"{seconds // 60}\xa0分钟前" if seconds >= 60 else f"{seconds}\xa0秒前"


def make(world: World, clock: Clock) -> Starlette:
    """Return the forum of ``world``, seen at the time of ``clock``."""
    site = _Site(world, clock)
    return Starlette(
        routes=[
            Route("/", site.index),
            Route("/forum.php", site.script),
            Route("/forum-{fid:int}-{number:int}.html", site.listed),
            Route("/thread-{tid:int}-{number:int}-{back:int}.html", site.thread),
            Route("/robots.txt", site.robots),
        ]
    )


class _Site:
    def __init__(self, world: World, clock: Clock) -> None:
        self.world = world
        self.clock = clock

    async def robots(self, request: Request) -> Response:
        return PlainTextResponse(_ROBOTS)

    async def index(self, request: Request) -> Response:
        threads = self.world.threads(minute(self.clock()))
        posts = sum(len(posts) for _, posts in threads.values())
        return HTMLResponse(page("forum_index.html", fid=FID, threads=len(threads), posts=posts))

    async def script(self, request: Request) -> Response:
        query = request.query_params
        number = _number(query.get("page", "1"))
        if query.get("mod") == "forumdisplay":
            return self._list(_number(query.get("fid", "0")), number)
        if query.get("mod") == "viewthread":
            return self._thread(_number(query.get("tid", "0")), number)
        return await self.index(request)

    async def listed(self, request: Request) -> Response:
        return self._list(request.path_params["fid"], request.path_params["number"])

    async def thread(self, request: Request) -> Response:
        return self._thread(request.path_params["tid"], request.path_params["number"])

    def _list(self, fid: int, number: int) -> Response:
        if fid != FID:
            return _gone("抱歉，指定的版块不存在，请返回。")
        now = minute(self.clock())
        rows = [_row(thread, posts, now) for thread, posts in self.world.threads(now).values()]
        rows.sort(key=lambda row: (row.thread.sticky, row.last.published), reverse=True)
        shown, number, pages = _cut(rows, ROWS, number)
        return HTMLResponse(
            page(
                "forum_list.html", fid=FID, rows=shown, number=number, pages=pages, total=len(rows)
            )
        )

    def _thread(self, tid: int, number: int) -> Response:
        now = minute(self.clock())
        found = [pair for pair in self.world.threads(now).values() if pair[0].tid == tid]
        if not found:
            return _gone("抱歉，指定的主题不存在或已被删除或正在被审核")
        thread, posts = found[0]
        floors = _floors(posts, now)
        shown, number, pages = _cut(floors, POSTS, number)
        return HTMLResponse(
            page(
                "forum_thread.html",
                fid=FID,
                thread=thread,
                views=_row(thread, posts, now).views,
                replies=len(posts) - 1,
                floors=shown,
                number=number,
                pages=pages,
            )
        )


def _row(thread: Thread, posts: list[Shown], now: datetime) -> Row:
    first, last = posts[0], posts[-1]
    exact = written(first.published).split()[0]
    young = now - first.published < timedelta(days=7)
    words = stamp(first.published, now).words
    return Row(
        thread=thread,
        first=first,
        last=last,
        started=Stamp(words, exact) if young else Stamp(exact),
        latest=stamp(last.published, now),
        replies=len(posts) - 1,
        views=max(len(posts) * 7, thread.views * len(posts) // (len(posts) + 12)),
        pages=math.ceil(len(posts) / POSTS),
    )


def _floors(posts: list[Shown], now: datetime) -> list[Floor]:
    by_number = {shown.post.number: shown for shown in posts}
    return [
        Floor(
            pid=pid_of(shown.post.number),
            place=place,
            shown=shown,
            stamp=stamp(shown.published, now, seconds=True),
            edited=written(shown.edited) if shown.edited else None,
            quote=_quote(by_number.get(shown.post.parent or 0)),
            uid=_uid(shown),
        )
        for place, shown in enumerate(posts, 1)
    ]


def _quote(shown: Shown | None) -> Quote | None:
    if shown is None:
        return None
    text = shown.text if len(shown.text) <= 60 else f"{shown.text[:60]} ..."
    when = written(shown.published)
    return Quote(pid=pid_of(shown.post.number), name=shown.post.author.name, when=when, text=text)


def _uid(shown: Shown) -> int:
    return shown.post.author.uid % 90_000 + 1_000


def _cut(rows: list[T], size: int, number: int) -> tuple[list[T], int, int]:
    """Return one page, its number and how many there are; past the end comes the last."""
    pages = max(1, math.ceil(len(rows) / size))
    number = min(max(number, 1), pages)
    return rows[(number - 1) * size : number * size], number, pages


def _gone(what: str) -> Response:
    return HTMLResponse(page("gone.html", what=what))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
