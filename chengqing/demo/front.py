"""The demo site's front page, and the place where it hears of the company's statement."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from chengqing.clock import Clock
from chengqing.demo.pages import page
from chengqing.demo.world import ZONE, World, minute

#: No statement is longer; more is refused.
MOST_BYTES = 1_000_000


def make(world: World, clock: Clock, urls: Callable[[], Mapping[str, str]]) -> Starlette:
    """Return the front page of ``world``; ``urls`` names the platforms once they are up."""
    front = _Front(world, clock, urls)
    return Starlette(
        routes=[
            Route("/", front.home),
            Route("/demo/state", front.state),
            Route("/demo/statement", front.statement, methods=["POST"]),
            Route("/robots.txt", front.robots),
        ]
    )


class _Front:
    def __init__(self, world: World, clock: Clock, urls: Callable[[], Mapping[str, str]]) -> None:
        self.world = world
        self.clock = clock
        self.urls = urls

    async def robots(self, request: Request) -> Response:
        return PlainTextResponse("User-agent: *\nDisallow: /\n")

    async def home(self, request: Request) -> Response:
        now = minute(self.clock())
        return HTMLResponse(
            page(
                "front.html",
                urls=self.urls(),
                counts=self._counts(now),
                now=f"{now.astimezone(ZONE):%Y-%m-%d %H:%M}",
                hours=round((now - self.world.start).total_seconds() / 3_600, 1),
                spoken=self._spoken(now),
            )
        )

    async def state(self, request: Request) -> Response:
        now = minute(self.clock())
        statement = self.world.statement
        return JSONResponse(
            {
                "now": now.isoformat(),
                "start": self.world.start.isoformat(),
                "statement": statement.at.isoformat() if statement else None,
                "visible": self._counts(now),
                "urls": dict(self.urls()),
            }
        )

    async def statement(self, request: Request) -> Response:
        """Take ``{"at": ISO time, "text": …}``; both may be left out."""
        body = await request.body()
        if len(body) > MOST_BYTES:
            return _refused("the statement is too long")
        try:
            told = await request.json() if body else {}
            at, text = _told(told, self.clock())
            self.world.statement_published(at, text)
        except ValueError as error:
            return _refused(str(error))
        statement = self.world.statement
        return JSONResponse({"at": statement.at.isoformat() if statement else None})

    def _counts(self, now: datetime) -> dict[str, int]:
        shown = [each.post.platform for each in self.world.visible(now)]
        return {name: shown.count(name) for name in ("weibo", "forum", "news")}

    def _spoken(self, now: datetime) -> str | None:
        statement = self.world.statement
        if statement is None or statement.at > now:
            return None
        return f"{statement.at.astimezone(ZONE):%Y-%m-%d %H:%M}"


def _told(told: Any, now: datetime) -> tuple[datetime, str | None]:
    """Return moment and text of a reported statement.

    Raises:
        ValueError: it is not of that form.
    """
    if not isinstance(told, dict):
        raise ValueError("not a JSON object")
    at, text = told.get("at"), told.get("text")
    if not isinstance(at, str | None) or not isinstance(text, str | None):
        raise ValueError("at and text are strings")
    return datetime.fromisoformat(at) if at else now, text


def _refused(why: str) -> Response:
    return JSONResponse({"error": why}, 400)
