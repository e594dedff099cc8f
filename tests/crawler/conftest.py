"""A small site on this machine that answers as a test tells it to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from crawler.outcome import VisitReport
from crawler.run import run_crawl
from crawler.source import SourceSpec
from storage.line import MentionLine

PAGES = Path(__file__).parent / "pages"


@dataclass
class Answer:
    """What the site says: a body, or a function that writes one bit by bit."""

    body: bytes | str = b""
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    write: Callable[[BaseHTTPRequestHandler], None] | None = None


@dataclass
class Site:
    """Answers by path (with its query, or without), and what was asked, in order."""

    url: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    seen: dict[str, dict[str, str]] = field(default_factory=dict)

    released: threading.Event = field(default_factory=threading.Event)

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://")

    def page(self, name: str) -> bytes:
        """A saved page of our own, with this site's address in it."""
        text = (PAGES / name).read_text("utf-8").replace("http://site.example", self.url)
        return text.encode()

    def answer(self, path: str, body: bytes | str = b"", **more: Any) -> None:
        """Answer ``path`` like this from now on; ``more`` as in Answer."""
        self.answers[path] = Answer(body, **more)

    def find(self, path: str) -> Answer:
        found = self.answers.get(path) or self.answers.get(path.split("?")[0])
        return found or Answer("not here", status=404)


@pytest.fixture
def site() -> Iterator[Site]:
    """A running site."""
    here = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here.asked.append(self.path)
            here.seen[self.path] = dict(self.headers.items())
            answer = here.find(self.path)
            if answer.write:
                answer.write(self)
                return
            body = answer.body.encode() if isinstance(answer.body, str) else answer.body
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            for name, value in {"Content-Length": str(len(body)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that hangs up on us is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    here.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield here
    here.released.set()
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Visited:
    report: VisitReport
    lines: list[MentionLine]


Visiting = Callable[..., Visited]


@pytest.fixture
def visit(site: Site, now: datetime) -> Visiting:
    """Crawl the site in a real worker, which may reach it though it is on a private address."""

    def go(kind: str, path: str = "/", *, time_limit: float = 60, **spec: object) -> Visited:
        lines: list[MentionLine] = []
        fields = {"allow_private": (site.host,), **spec}
        source = SourceSpec.model_validate(
            {"name": "来源", "kind": kind, "url": site.url + path, **fields}
        )
        report = run_crawl(source, lines.append, now, time_limit, request_seconds=20)
        return Visited(report, lines)

    return go
