"""The microblog's addresses."""

from __future__ import annotations

import json
import math
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from chengqing.clock import Clock
from chengqing.demo import weibo
from chengqing.demo.pages import page
from chengqing.demo.weibo import Timeline
from chengqing.demo.world import ZONE, Shown, World, minute

_ROBOTS = "User-agent: *\nDisallow: /login\nAllow: /\n"
_EMPTY = {"ok": 0, "msg": "这里还没有内容", "data": {"cards": []}}
_NO_COMMENTS = {"ok": 0, "msg": "还没有人评论哦~快来抢沙发！"}


def make(world: World, clock: Clock) -> Starlette:
    """Return the microblog of ``world``, seen at the time of ``clock``."""
    site = _Site(world, clock)
    return Starlette(
        routes=[
            Route("/", site.home),
            Route("/api/config", site.config),
            Route("/api/container/getIndex", site.search),
            Route("/comments/hotflow", site.comments),
            Route("/statuses/extend", site.extend),
            Route("/statuses/show", site.show),
            Route("/detail/{mid}", site.detail),
            Route("/status/{mid}", site.detail),
            Route("/robots.txt", site.robots),
        ]
    )


class _Site:
    def __init__(self, world: World, clock: Clock) -> None:
        self.world = world
        self.clock = clock

    def _timeline(self) -> Timeline:
        return Timeline(self.world, minute(self.clock()))

    async def robots(self, request: Request) -> Response:
        return PlainTextResponse(_ROBOTS)

    async def config(self, request: Request) -> Response:
        return JSONResponse({"ok": 1, "data": {"login": False, "st": "", "uid": ""}})

    async def home(self, request: Request) -> Response:
        timeline = self._timeline()
        words = weibo.search_words("", request.query_params.get("q"))
        posts = [timeline.mblog(each) | _when(each) for each in timeline.posts(words)[:50]]
        return HTMLResponse(page("weibo_home.html", posts=posts))

    async def search(self, request: Request) -> Response:
        query = request.query_params
        container = query.get("containerid", "")
        number = _positive(query.get("page", "1"))
        words = weibo.search_words(container, query.get("q"))
        timeline = self._timeline()
        found = timeline.posts(words) if words else []
        shown = found[(number - 1) * weibo.PAGE : number * weibo.PAGE]
        if not shown:
            return JSONResponse(_EMPTY)
        cards = [timeline.card(each) for each in shown]
        if number == 1:
            # The first page groups its top posts, as the site does.
            group = {"card_type": 11, "show_type": 2, "card_group": cards[:3]}
            cards = [group, *cards[3:]]
        info = {"containerid": container, "total": len(found), "page": number + 1}
        return JSONResponse({"ok": 1, "data": {"cardlistInfo": info, "cards": cards}})

    async def comments(self, request: Request) -> Response:
        timeline = self._timeline()
        post = timeline.find(request.query_params.get("id", ""))
        after = _positive(request.query_params.get("max_id", "1")) - 1
        below = timeline.below.get(post.post.number, []) if post else []
        if not post or not below:
            return JSONResponse(_NO_COMMENTS)
        rows = below[after : after + weibo.COMMENTS]
        last = after + weibo.COMMENTS + 1
        data = {
            "data": [timeline.comment(row) for row in rows],
            "max_id": last if last <= len(below) else 0,
            "max_id_type": 0,
            "max": math.ceil(len(below) / weibo.COMMENTS),
            "total_number": timeline.comments_count(post),
        }
        return JSONResponse({"ok": 1, "data": data})

    async def extend(self, request: Request) -> Response:
        timeline = self._timeline()
        shown = timeline.find(request.query_params.get("id", ""))
        if shown is None:
            return JSONResponse({"ok": 0, "msg": "微博不存在或暂无查看权限!"})
        data = {
            "ok": 1,
            "longTextContent": weibo.html_of(shown.text),
            "reposts_count": weibo.count(shown.counts.reposts),
            "comments_count": weibo.count(timeline.comments_count(shown)),
            "attitudes_count": weibo.count(shown.counts.likes),
        }
        return JSONResponse({"ok": 1, "data": data})

    async def show(self, request: Request) -> Response:
        timeline = self._timeline()
        shown = timeline.find(request.query_params.get("id", ""))
        if shown is None:
            return JSONResponse({"ok": 0, "msg": "微博不存在或暂无查看权限!"})
        return JSONResponse({"ok": 1, "data": timeline.mblog(shown)})

    async def detail(self, request: Request) -> Response:
        timeline = self._timeline()
        wanted: str = request.path_params["mid"]
        shown = timeline.find(wanted) or next(
            (each for each in timeline.posts() if _bid(each.post.number) == wanted), None
        )
        if shown is None:
            return HTMLResponse(page("gone.html", what="微博不存在或暂无查看权限!"), 404)
        post = timeline.mblog(shown) | {"text": weibo.html_of(shown.text)}
        thread = timeline.thread(shown.post.number)
        return HTMLResponse(
            page(
                "weibo_detail.html",
                post=post | _when(shown),
                comments=[timeline.comment(each) | _when(each) for each in thread],
                data=_inline({"status": post}),
            )
        )


def _when(shown: Shown) -> dict[str, str]:
    """Return the time in a form for people, which the site's answers do not have."""
    return {"when": f"{shown.published.astimezone(ZONE):%m-%d %H:%M}"}


def _bid(number: int) -> str:
    return weibo.bid_of(weibo.mid_of(number))


def _positive(text: str) -> int:
    """Return the page asked for; anything odd is the first."""
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _inline(value: dict[str, Any]) -> str:
    """Return JSON that cannot end a script element."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
