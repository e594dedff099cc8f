"""When a source has gone blind, and when it sees again: each told once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from alerts.rules import AlertDraft, Kind

#: Outcomes of a visit that saw what was there, even if that was nothing new.
SEES = frozenset({"ok", "empty", "duplicates_only", "filtered"})
#: Visits in a row that must fail: one is weather, three are a wall.
BLIND_AFTER = 3


@dataclass(frozen=True)
class Sight:
    """One source as its ended visits show it.

    Attributes:
        source: its id.
        name: its name.
        outcomes: of the latest visits, newest first.
        worked: whether any visit ever saw.
        told_blind: whether the last thing told about it is that it is blind.
        since_seen: how many visits ended since one saw, where ``outcomes`` may hold fewer.
    """

    source: int
    name: str
    outcomes: Sequence[str]
    worked: bool
    told_blind: bool = False
    since_seen: int = 0

    @property
    def failures(self) -> int:
        """How many of the latest visits in a row saw nothing."""
        latest = len(list(takewhile(lambda outcome: outcome not in SEES, self.outcomes)))
        return max(latest, self.since_seen) if latest == len(self.outcomes) else latest

    @property
    def blind(self) -> bool:
        """Whether it used to see and now does not; what never worked is a setting to mend."""
        return self.worked and self.failures >= BLIND_AFTER


def look(sight: Sight) -> list[AlertDraft]:
    """Return what to tell about a source: nothing, that it is blind, or that it sees again."""
    values: dict[str, object] = {"source": sight.name, "count": sight.failures}
    state = {"source": sight.source}
    if sight.blind and not sight.told_blind:
        values["outcome"] = sight.outcomes[0]
        return [AlertDraft(Kind.BLIND, "alerts.told_blind", values, False, state)]
    if sight.told_blind and sight.outcomes and not sight.failures:
        return [AlertDraft(Kind.SEEING, "alerts.told_seeing", values, False, state)]
    return []
