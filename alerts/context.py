"""What telling needs to know of the house."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from alerts.response import OWED
from alerts.rules import Pace


@dataclass(frozen=True)
class Context:
    """Where people read on and how often they are told.

    Attributes:
        zone: the zone in which people read times.
        address: the dashboard's address, without a final slash.
        pace: how often people hear of one affair.
        owed: how long after an affair's first alert each step of the response is owed.
    """

    zone: ZoneInfo
    address: str
    pace: Pace = field(default_factory=Pace)
    owed: Mapping[str, timedelta] = field(default_factory=lambda: OWED)

    def incident_url(self, incident_id: int) -> str:
        """Return the address of an incident's page, where a draft is one click away."""
        return f"{self.address}/incidents/{incident_id}"

    def sources_url(self) -> str:
        """Return the address of the sources' health."""
        return f"{self.address}/sources"
