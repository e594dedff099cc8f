"""The demo's news site: an RSS feed and article pages with all that surrounds an article."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from chengqing.clock import Clock
from chengqing.demo.pages import page
from chengqing.demo.world import ZONE, Shown, World, minute

IN_FEED = 20

_ROBOTS = "User-agent: *\nDisallow: /admin/\nAllow: /\n"


@dataclass(frozen=True)
class Article:
    """An article as its pages show it."""

    key: int
    path: str
    title: str
    outlet: str
    author: str
    paragraphs: list[str]
    iso: str
    written: str
    rfc: str

    @property
    def summary(self) -> str:
        """The first paragraph, for lists and the feed."""
        return self.paragraphs[0]


def article_of(shown: Shown) -> Article:
    """Return the article that a written one makes."""
    here: datetime = shown.published.astimezone(ZONE)
    key = 100_000 + shown.post.number
    return Article(
        key=key,
        path=f"/a/{here:%Y/%m%d}/{key}.html",
        title=shown.post.title or "",
        outlet=shown.post.outlet or "",
        author=shown.post.author.name,
        paragraphs=[part.strip() for part in shown.text.split("\n\n")],
        iso=here.isoformat(timespec="seconds"),
        written=f"{here:%Y-%m-%d %H:%M}",
        rfc=format_datetime(here),
    )


def make(world: World, clock: Clock) -> Starlette:
    """Return the news site of ``world``, seen at the time of ``clock``."""
    site = _Site(world, clock)
    return Starlette(
        routes=[
            Route("/", site.home),
            Route("/rss.xml", site.feed),
            Route("/a/{year:int}/{day}/{key:int}.html", site.article),
            Route("/robots.txt", site.robots),
        ]
    )


class _Site:
    def __init__(self, world: World, clock: Clock) -> None:
        self.world = world
        self.clock = clock

    def _articles(self) -> list[Article]:
        """Return what is out, newest first."""
        shown = self.world.visible(minute(self.clock()), "news")
        return [article_of(each) for each in reversed(shown)]

    async def robots(self, request: Request) -> Response:
        return PlainTextResponse(_ROBOTS)

    async def home(self, request: Request) -> Response:
        return HTMLResponse(page("news_home.html", articles=self._articles()))

    async def feed(self, request: Request) -> Response:
        articles = self._articles()[:IN_FEED]
        base = str(request.base_url).rstrip("/")
        body = page("news_feed.xml", articles=articles, base=base).encode()
        etag = f'"{sha256(body).hexdigest()[:24]}"'
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers={"ETag": etag})
        return Response(
            body, media_type="application/rss+xml; charset=utf-8", headers={"ETag": etag}
        )

    async def article(self, request: Request) -> Response:
        articles = self._articles()
        wanted = [each for each in articles if each.path == request.url.path]
        if not wanted:
            return HTMLResponse(page("gone.html", what="您访问的文章不存在或已被移除"), 404)
        others = [each for each in articles if each is not wanted[0]][:5]
        return HTMLResponse(page("news_article.html", article=wanted[0], others=others))
