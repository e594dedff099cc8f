"""The small local site on which the demo's affair unfolds: three platforms and a front page."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Thread
from typing import Final

import uvicorn
from starlette.applications import Starlette

from chengqing.clock import Clock
from chengqing.demo import forum, front, news, weibo_app
from chengqing.demo.newsroom import Follower
from chengqing.demo.world import World

NAMES: Final = ("front", "weibo", "forum", "news")

#: Seconds that start and stop may take before they count as failed.
PATIENCE: Final = 20.0


class SiteError(Exception):
    """The demo site did not come up; the message names the address."""


@dataclass(frozen=True)
class Addresses:
    """Where the platforms are: what sources of the product are pointed at."""

    front: str
    weibo: str
    forum: str
    news: str
    feed: str
    hosts: tuple[str, ...]

    def as_dict(self) -> dict[str, str]:
        """Return the addresses for people, by name."""
        return {
            "front": self.front,
            "weibo": self.weibo,
            "forum": self.forum,
            "news": self.news,
            "feed": self.feed,
        }


class DemoSite:
    """Serves the affair from a thread of its own, each platform on a port of its own.

    Args:
        world: The affair.
        clock: The present; the one thing that decides what is visible.
        host: A loopback address.
        port: The front page's port, the platforms on the next three; 0 for any that are free.
        newsroom: The address of the company's JSON feed, looked at until a statement is there.
    """

    def __init__(
        self,
        world: World,
        clock: Clock,
        host: str = "127.0.0.1",
        port: int = 0,
        newsroom: str | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._apps: dict[str, Starlette] = {
            "front": front.make(world, clock, self._named),
            "weibo": weibo_app.make(world, clock),
            "forum": forum.make(world, clock),
            "news": news.make(world, clock),
        }
        self._sockets: dict[str, socket.socket] = {}
        self._servers: list[uvicorn.Server] = []
        self._thread: Thread | None = None
        self._follower = Follower(world, clock, newsroom) if newsroom else None

    @property
    def urls(self) -> Addresses:
        """Where the platforms are, once started.

        Raises:
            SiteError: the site is not up.
        """
        if not self._sockets:
            raise SiteError("the demo site is not started")
        ports = {name: each.getsockname()[1] for name, each in self._sockets.items()}
        base = {name: f"http://{self._host}:{port}" for name, port in ports.items()}
        return Addresses(
            front=base["front"] + "/",
            weibo=base["weibo"],
            forum=f"{base['forum']}/forum-{forum.FID}-1.html",
            news=base["news"] + "/",
            feed=base["news"] + "/rss.xml",
            hosts=tuple(f"{self._host}:{ports[name]}" for name in NAMES),
        )

    def start(self) -> None:
        """Serve from now on; comes back when every platform answers.

        Raises:
            SiteError: a port is taken, or the site did not come up in time.
        """
        self._bind()
        self._servers = [uvicorn.Server(_config(self._apps[name])) for name in NAMES]
        self._thread = Thread(target=self._serve, name="demo-site", daemon=True)
        self._thread.start()
        if not _until(lambda: all(each.started for each in self._servers), self._thread):
            self.stop()
            raise SiteError(f"the demo site on {self._host} did not come up")
        if self._follower:
            self._follower.start()

    def stop(self) -> None:
        """Stop serving; harmless when not started."""
        if self._follower:
            self._follower.stop()
        for server in self._servers:
            server.should_exit = True
        if self._thread:
            self._thread.join(timeout=PATIENCE)
        for each in self._sockets.values():
            each.close()
        self._sockets, self._servers, self._thread = {}, [], None

    def __enter__(self) -> DemoSite:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _named(self) -> Mapping[str, str]:
        return self.urls.as_dict()

    def _bind(self) -> None:
        for place, name in enumerate(NAMES):
            port = self._port + place if self._port else 0
            try:
                self._sockets[name] = socket.create_server((self._host, port))
            except OSError as error:
                self.stop()
                raise SiteError(f"{self._host}:{port} cannot be used: {error}") from error

    def _serve(self) -> None:
        asyncio.run(self._serve_all())

    async def _serve_all(self) -> None:
        await asyncio.gather(
            *(
                server.serve(sockets=[self._sockets[name]])
                for name, server in zip(NAMES, self._servers, strict=True)
            )
        )


def _config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=1,
    )


def _until(ready: Callable[[], bool], thread: Thread) -> bool:
    """Wait until ``ready``, no longer than patience or the thread last."""
    end = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > end or not thread.is_alive():
            return False
        time.sleep(0.02)
    return True
