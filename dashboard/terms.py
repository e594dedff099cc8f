"""The terms under which this house makes releases."""

from __future__ import annotations

from dashboard.house import House
from releases.terms import Terms


def terms_of(house: House) -> Terms:
    """Return the house's terms, as the releases room takes them."""
    return Terms(house.company, house.policy, house.zone)
