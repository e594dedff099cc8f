"""Web addresses: who serves them, and one name for one page."""

from __future__ import annotations

import hashlib
from urllib.parse import SplitResult, parse_qsl, urlencode, urljoin, urlsplit

#: Parameters that say where a reader came from, not which page is meant.
_TRACKING = ("utm_", "spm", "from", "share", "wfr", "isappinstalled", "ref")


def host_of(url: str) -> str:
    """Return ``host`` or ``host:port`` of ``url``, lower case, without the usual ports."""
    parts = _split(url)
    host = (parts.hostname or "").lower()
    try:
        port = parts.port
    except ValueError:
        port = None
    return host if port in (None, 80, 443) else f"{host}:{port}"


def is_web(url: str) -> bool:
    """Say whether ``url`` is an http or https address with a host."""
    parts = _split(url)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def join(base: str, link: str) -> str:
    """Return ``link`` made absolute, or "" where it leads to no web page."""
    try:
        url = urljoin(base, link.strip())
    except ValueError:
        return ""
    return url if is_web(url) else ""


def page_id(url: str) -> str:
    """Return one id for one page: no scheme, tracking parameters or fragment; ≤ 200 characters."""
    parts = _split(url)
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not name.lower().startswith(_TRACKING)
    ]
    query = f"?{urlencode(kept)}" if kept else ""
    name = f"{host_of(url)}{parts.path.rstrip('/') or '/'}{query}"
    if len(name) <= 200:
        return name
    return f"{host_of(url)[:120]}/{hashlib.sha256(name.encode()).hexdigest()[:40]}"


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")
