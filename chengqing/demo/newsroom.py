"""The demo's public reads the company's newsroom: a follower of its JSON feed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from threading import Event, Thread
from typing import Any

import httpx2

from chengqing.clock import Clock
from chengqing.demo.world import World

log = logging.getLogger(__name__)

#: Real seconds between two looks at the feed.
EVERY = 1.0


def statement_in(feed: Any) -> tuple[datetime | None, str] | None:
    """Return moment and text of the oldest item of a JSON Feed, ``None`` where it has none."""
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list) or not items or not isinstance(items[-1], dict):
        return None
    item = items[-1]
    text = f"{item.get('title') or ''} {item.get('content_text') or item.get('content_html')}"
    try:
        at = datetime.fromisoformat(str(item.get("date_published")))
    except ValueError:
        return None, text
    return (at if at.tzinfo else None), text


class Follower:
    """Looks at a newsroom until a statement is there, and tells the world of it."""

    def __init__(self, world: World, clock: Clock, url: str, every: float = EVERY) -> None:
        self._world = world
        self._clock = clock
        self._url = url
        self._every = every
        self._end = Event()
        self._thread = Thread(target=self._run, name="newsroom", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Stop looking."""
        self._end.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        with httpx2.Client(timeout=5, trust_env=False) as client:
            while not self._end.is_set():
                if self._look(lambda: client.get(self._url)):
                    return
                self._end.wait(self._every)

    def _look(self, fetch: Callable[[], httpx2.Response]) -> bool:
        try:
            found = statement_in(fetch().raise_for_status().json())
        except (httpx2.HTTPError, ValueError) as error:
            # The newsroom may start after us; the next look will tell.
            log.debug("newsroom %s: %s", self._url, error)
            return False
        if found is None:
            return False
        at, text = found
        self._world.statement_published(at or self._clock(), text)
        return True
