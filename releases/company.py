"""Who speaks: the issuer's profile, from settings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Company:
    """The issuer as it stands in every release; empty strings mean not set yet."""

    name: str = ""
    short: str = ""
    name_en: str = ""
    city: str = ""
    boilerplate: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    hotline: str = ""
