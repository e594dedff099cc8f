"""What the web application is given: the only way it reaches the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.response import OWED
from analysis.moods import MoodModel
from releases.company import Company
from storage.base import Database


@dataclass(frozen=True)
class House:
    """Everything the screens need, made once by the wiring.

    Attributes:
        database: where all records are.
        clock: gives the present as an aware UTC time; the one seam for time.
        secret: key material for cookies, pseudonyms and sealed names (at least 32 characters).
        zone: the zone in which people read times.
        company: who speaks in releases.
        policy: approval policy, ``pr_lead+legal`` or ``one_other``.
        owed: how long after an incident's first alert each step of the response is owed.
        public_url: address under which the public reaches the newsroom, without a final slash.
        secure: whether cookies may travel over HTTPS only.
        demo: whether this is the demonstration, which says so on every page.
        demo_people: (name, role in words, email, password) offered on the demo's sign-in page.
        model: gives the mood model in use; raises ``ModelError`` when it is not whole.
    """

    database: Database
    clock: Callable[[], datetime]
    secret: str = field(repr=False)
    zone: ZoneInfo
    company: Company
    policy: str = "pr_lead+legal"
    owed: Mapping[str, timedelta] = field(default_factory=lambda: OWED)
    public_url: str = "http://127.0.0.1:8000"
    secure: bool = False
    demo: bool = False
    demo_people: tuple[tuple[str, str, str, str], ...] = ()
    model: Callable[[], MoodModel] = MoodModel.load
