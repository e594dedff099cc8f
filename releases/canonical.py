"""One byte form and one hash for anything that is signed or chained."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def canonical(value: object) -> bytes:
    """Return the only JSON form of ``value``: sorted keys, no spaces, ASCII."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    ).encode("ascii")


def sha256(value: object) -> str:
    """Return the SHA-256 of the canonical form, 64 hex digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def digest(number: str, version: int, headline: str, content: Mapping[str, Any]) -> str:
    """Return the hash people sign: what is said, under which number, in which version."""
    return sha256(
        {"number": number, "version": version, "headline": headline, "content": dict(content)}
    )
