from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from chengqing.demo.company import DemoCompany, company
from chengqing.demo.posts import Script, load
from chengqing.demo.world import World

START = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def script() -> Script:
    return load()


@pytest.fixture
def demo_company() -> DemoCompany:
    return company(START)


@pytest.fixture
def world(script: Script, demo_company: DemoCompany) -> World:
    return World(script, START, demo_company.words)


@pytest.fixture
def at() -> Callable[[float], datetime]:
    """Hours from the start of the affair, as a moment."""
    return lambda hours: START + timedelta(hours=hours)
