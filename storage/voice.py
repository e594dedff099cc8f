"""Who carries an affair: the team's table of outlets, and the tiers each incident has climbed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base


class OutletTier(Base):
    """The team's word on an outlet: its folded name or host, and its ``analysis.ignition.Tier``."""

    __tablename__ = "outlet_tier"

    outlet: Mapped[str] = mapped_column(String(200), primary_key=True)
    tier: Mapped[int]


class ClimbRow(Base):
    """The first mention of an incident on a tier; written once.

    ``lag`` is seconds since the story's first mention. ``lift`` with its 95 % interval is mentions
    in the two hours after over those in the two before; it is filled in when they are over
    (``measured``), and stays empty where there is too little to compare.
    """

    __tablename__ = "climb"
    __table_args__ = (UniqueConstraint("incident_id", "tier"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))
    tier: Mapped[int]
    at: Mapped[datetime]
    mention_id: Mapped[int | None] = mapped_column(
        ForeignKey("mention.id", ondelete="SET NULL"), index=True
    )
    outlet: Mapped[str] = mapped_column(String(200), default="")
    lag: Mapped[int]
    lift: Mapped[float | None]
    low: Mapped[float | None]
    high: Mapped[float | None]
    measured: Mapped[bool] = mapped_column(default=False)
    why: Mapped[dict[str, Any]] = mapped_column(default=dict)


def climbs_of(session: Session, incident_id: int) -> list[ClimbRow]:
    """Return the tiers an incident has climbed, in order of time."""
    wanted = select(ClimbRow).where(ClimbRow.incident_id == incident_id)
    return list(session.scalars(wanted.order_by(ClimbRow.at, ClimbRow.tier)))


def own_tiers(session: Session) -> dict[str, int]:
    """Return the team's table."""
    return {row.outlet: row.tier for row in session.scalars(select(OutletTier))}


def place_outlet(session: Session, outlet: str, tier: int | None) -> bool:
    """Put an outlet on a tier, or take it off the table (None); False when it was not on it."""
    known = session.get(OutletTier, outlet)
    if tier is None:
        if known is not None:
            session.delete(known)
    elif known is None:
        session.add(OutletTier(outlet=outlet, tier=tier))
    else:
        known.tier = tier
    return known is not None
