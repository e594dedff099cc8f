"""A real browser and a real server on a free port of this machine."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import uvicorn

from dashboard.app import create_app
from dashboard.house import House
from dashboard.people import hash_password
from storage.base import Database
from tests.dashboard.conftest import PASSWORD, furnish, stage_affair

NO_BROWSER = "Chromium is not installed; to test in a browser: apt-get install chromium"
NO_PLAYWRIGHT = "playwright is not installed; to test in a browser: pip install playwright"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
NOW = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for the session; tests are skipped where there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip(NO_BROWSER)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        pytest.skip(NO_PLAYWRIGHT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS, timeout=100_000)
        yield browser
        browser.close()


@pytest.fixture
def house(sqlite_database: Database) -> House:
    """A demonstration with one affair."""
    made = furnish(sqlite_database, lambda: NOW, hash_password(PASSWORD))
    people = (
        ("林晓", "值守", "p1@example.com", PASSWORD),
        ("周宁", "撰稿", "p2@example.com", PASSWORD),
    )
    stage_affair(made)
    return replace(made, demo=True, demo_people=people)


@pytest.fixture
def address(house: House) -> Iterator[str]:
    """Where the house is served."""
    door = socket.socket()
    door.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(house), log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{door.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=15)
    door.close()


@pytest.fixture
def page(chromium: Any, address: str) -> Iterator[Any]:
    """A page whose complaints (errors, broken content policy) fail the test."""
    context = chromium.new_context(base_url=address, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(60_000)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console", lambda said: complaints.append(said.text) if said.type == "error" else None
    )
    yield opened
    context.close()
    assert complaints == []


@pytest.fixture
def enter(page: Any) -> Callable[[str], None]:
    """Sign in as a demo person, with one click."""

    def sign_in(name: str) -> None:
        page.goto("/sign-in")
        page.click(f".demo-people button:has-text('{name}')")
        page.wait_for_selector("#now-top")
        page.wait_for_load_state("load")

    return sign_in
