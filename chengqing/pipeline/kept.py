"""Spikes and reasons in the form in which records keep them, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.reason import Reason
from analysis.spikes import Spike
from chengqing.pipeline.curves import STEP
from storage.incident import Incident, SpikeRow


def plain(why: Reason) -> dict[str, object]:
    """Return a reason as it is kept."""
    return {"key": why.key, "values": dict(why.values)}


def reason_of(kept: Mapping[str, Any]) -> Reason:
    """Return a kept reason."""
    return Reason(kept["key"], kept["values"])


def spike_row(spike: Spike, incident: Incident) -> SpikeRow:
    """Return a spike as it is kept with its incident."""
    return SpikeRow(
        topic_id=incident.topic_id,
        incident_id=incident.id,
        at=spike.at,
        mood=spike.mood,
        score=spike.score,
        rarity=spike.rarity,
        observed=spike.observed,
        expected=spike.expected,
        low=spike.low,
        high=spike.high,
        why=plain(spike.why),
    )


def spike_of(row: SpikeRow) -> Spike:
    """Return a kept spike; which window showed it is not kept."""
    return Spike(
        at=row.at,
        mood=row.mood,
        score=row.score,
        rarity=row.rarity,
        observed=row.observed,
        expected=row.expected,
        low=row.low,
        high=row.high,
        excess=row.observed - row.expected,
        why=reason_of(row.why),
        window=STEP,
    )
