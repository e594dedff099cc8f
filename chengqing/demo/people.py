"""Whom the demonstration's sign-in page offers."""

from __future__ import annotations

from chengqing.clock import real
from chengqing.demo.company import company
from chengqing.demo.office import PASSWORD


def offered() -> tuple[tuple[str, str, str, str], ...]:
    """Return (name, title, e-mail address, password) of everyone."""
    return tuple((p.name, p.title, p.email, PASSWORD) for p in company(real()).people)
