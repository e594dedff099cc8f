"""The terms under which releases are made: who speaks, who must agree, in which zone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from releases.company import Company

#: pr_lead and legal, neither a writer, and the owner of each fact.
FULL = "pr_lead+legal"
#: One other person, for small teams.
ONE_OTHER = "one_other"
POLICIES = (FULL, ONE_OTHER)


@dataclass(frozen=True)
class Terms:
    """What every step of a release is measured by.

    Attributes:
        company: the issuer's profile.
        policy: one of ``POLICIES``.
        zone: the zone in which dates stand in a release.
    """

    company: Company
    policy: str = FULL
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))

    def __post_init__(self) -> None:
        """Refuse a policy that nobody could satisfy knowingly.

        Raises:
            ValueError: the policy is none of ``POLICIES``.
        """
        if self.policy not in POLICIES:
            raise ValueError(f"policy {self.policy!r}: choose one of {', '.join(POLICIES)}")


def day(moment: datetime, zone: ZoneInfo) -> str:
    """Write a moment's day as Chinese statements do: 2025年11月1日 (GB/T 9704)."""
    local = moment.astimezone(zone)
    return f"{local.year}年{local.month}月{local.day}日"


def minute(moment: datetime, zone: ZoneInfo) -> str:
    """Write a moment to the minute: 2025年11月1日14时05分, and 14时 on the full hour."""
    local = moment.astimezone(zone)
    clock = f"{local.hour}时" + (f"{local.minute:02}分" if local.minute else "")
    return day(moment, zone) + clock
