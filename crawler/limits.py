"""Sizes, delays and names that fetching keeps to."""

from __future__ import annotations

import os

from dotenv import dotenv_values

from crawler.address import host_of
from crawler.source import SourceSpec
from delivery.guard import is_named

ROBOT = "Chengqing"
#: Where ``chengqing init`` puts what must stay secret, in the folder the product runs in.
ENV_FILE = "chengqing.env"
PAGE_BYTES = 10 * 2**20
FEED_BYTES = 20 * 2**20
REQUEST_SECONDS = 30.0
#: A site that asks for more than this between requests gets this, and fewer pages.
MAX_CRAWL_DELAY = 30.0


def user_agent(version: str, contact: str = "") -> str:
    """Return the name under which we fetch: product, version, and how to reach the operator."""
    return f"{ROBOT}/{version} (+{contact})" if contact else f"{ROBOT}/{version}"


def cookie_of(spec: SourceSpec) -> str:
    """Return the cookie the operator set for this source, or ""."""
    return cookie_named(spec.cookie_setting) if spec.cookie_setting else ""


def cookie_named(name: str) -> str:
    """Return the cookie that the environment, or else the file of secrets, holds, or ""."""
    variable = f"CHENGQING_COOKIE_{name}"
    held = os.environ.get(variable)
    if held is None:
        held = dotenv_values(ENV_FILE, interpolate=False).get(variable)
    return held or ""


def delay_of(spec: SourceSpec) -> float:
    """Return the seconds between two requests to one host."""
    if spec.delay is not None:
        return spec.delay
    host = host_of(spec.url)
    own = is_named(host, None, spec.allow_private) or is_named(
        host.rsplit(":", 1)[0], None, spec.allow_private
    )
    return 0.0 if own else 1.0
