"""Which spikes belong to one affair: open, extend, reopen, close, as intents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from analysis.reason import Reason
from analysis.series import aware
from analysis.spikes import Spike
from analysis.stage import Stage

IncidentId = int | str


@dataclass(frozen=True)
class IncidentRules:
    """When two bursts are one affair, and when an affair is over.

    Attributes:
        shared: share of the shorter list of telling words that both must have.
        enough_words: with fewer words than this on either side, time alone decides.
        together: spikes this close are one affair unless their words say otherwise.
        close_after: calm since the last spike before an affair is closed: one full day, so
            that a night is not an end.
        close_anyway: without any spike for so long it is closed whatever its stage.
        reopen_within: a burst of the same affair in this time after its end reopens it.
    """

    shared: float = 0.2
    enough_words: int = 3
    together: timedelta = timedelta(minutes=30)
    close_after: timedelta = timedelta(days=1)
    close_anyway: timedelta = timedelta(days=14)
    reopen_within: timedelta = timedelta(days=7)


RULES = IncidentRules()


@dataclass(frozen=True)
class OpenIncident:
    """What deciding needs to know of an incident, open or closed of late.

    Attributes:
        id: the record's.
        opened: when it was opened.
        last_spike: start of its last spike's bucket.
        words: telling words of its mentions so far; empty is unknown.
        stage: where it stands, None when not staged.
        groups: folded groups of its mentions so far.
        closed: when it was closed, None while open.
    """

    id: IncidentId
    opened: datetime
    last_spike: datetime
    words: frozenset[str] = frozenset()
    stage: Stage | None = None
    groups: frozenset[str] = frozenset()
    closed: datetime | None = None


@dataclass(frozen=True)
class Open:
    """A new affair."""

    spikes: tuple[Spike, ...]
    why: Reason


@dataclass(frozen=True)
class Extend:
    """More of a running affair."""

    incident_id: IncidentId
    spikes: tuple[Spike, ...]
    why: Reason


@dataclass(frozen=True)
class Reopen:
    """An affair that was over, and is back."""

    incident_id: IncidentId
    spikes: tuple[Spike, ...]
    why: Reason


@dataclass(frozen=True)
class Close:
    """An affair that has calmed."""

    incident_id: IncidentId
    why: Reason


Intent = Open | Extend | Reopen | Close


@dataclass
class _Draft:
    """An affair while the spikes of this round are dealt out; ``known`` None is a new one."""

    known: OpenIncident | None
    last: datetime
    words: frozenset[str]
    groups: frozenset[str]
    spikes: list[Spike] = field(default_factory=list)

    def take(self, spike: Spike) -> None:
        self.spikes.append(spike)
        self.last = max(self.last, spike.at)
        self.words |= spike.words
        self.groups |= spike.groups


def assign(
    spikes: Sequence[Spike],
    open_incidents: Sequence[OpenIncident],
    now: datetime,
    rules: IncidentRules = RULES,
    *,
    blind: bool = False,
) -> list[Intent]:
    """Deal spikes of one topic out to its affairs, and close what has calmed.

    Two bursts are one affair when they share a folded group or enough of their telling words;
    where words are unknown, when the affair is still running. Pass incidents closed within
    ``reopen_within`` too, or they cannot be reopened. Every spike ends in exactly one intent;
    passing a spike again that an incident already holds is the caller's slip. While the topic
    is ``blind`` nothing closes: silence is then unknown.
    """
    drafts = [_Draft(held, held.last_spike, held.words, held.groups) for held in open_incidents]
    for spike in sorted(spikes, key=lambda spike: spike.at):
        home = _home(spike, drafts, rules)
        if home is None:
            home = _Draft(None, spike.at, frozenset(), frozenset())
            drafts.append(home)
        home.take(spike)
    decided = [_grown(draft) for draft in drafts if draft.spikes]
    if blind:
        return decided
    calm = (d.known for d in drafts if d.known and not d.spikes and not d.known.closed)
    return decided + [Close(held.id, why) for held in calm if (why := _over(held, now, rules))]


def _home(spike: Spike, drafts: Sequence[_Draft], rules: IncidentRules) -> _Draft | None:
    ranked = [(rank, draft.last, n) for n, draft in enumerate(drafts)
              if (rank := _kinship(spike, draft, rules)) > 0]  # fmt: skip
    return drafts[max(ranked)[2]] if ranked else None


def _kinship(spike: Spike, draft: _Draft, rules: IncidentRules) -> float:
    """Return 0 for strangers, more for closer kin; running affairs before closed ones."""
    closed = draft.known.closed if draft.known else None
    if closed and spike.at - closed > rules.reopen_within:
        return 0.0
    bonus = 0.0 if closed else 1.0
    if spike.groups & draft.groups:
        return 2.0 + bonus
    if min(len(spike.words), len(draft.words)) < rules.enough_words:
        return 0.1 + bonus
    shared = len(spike.words & draft.words) / min(len(spike.words), len(draft.words))
    if shared >= rules.shared:
        return shared + bonus
    near = abs(spike.at - draft.last) <= rules.together
    return 0.05 + bonus if near and shared > 0 else 0.0


def _grown(draft: _Draft) -> Intent:
    spikes = tuple(draft.spikes)
    values = {"moods": sorted({spike.mood for spike in spikes}), "spikes": len(spikes)}
    if draft.known is None:
        return Open(spikes, spikes[0].why)
    if draft.known.closed:
        return Reopen(draft.known.id, spikes, Reason("signals.incident_reopened", values))
    return Extend(draft.known.id, spikes, Reason("signals.incident_extended", values))


def _over(held: OpenIncident, now: datetime, rules: IncidentRules) -> Reason | None:
    calm = aware(now) - aware(held.last_spike)
    values = {"hours": int(calm / timedelta(hours=1))}
    if calm >= rules.close_anyway:
        return Reason("signals.incident_silent", values)
    if calm >= rules.close_after and held.stage in (None, Stage.DECLINE):
        return Reason("signals.incident_calm", values)
    return None
