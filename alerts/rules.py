"""What is worth telling, and when: one affair is one alert that grows.

The rules look at how an affair stands and at what people were told of it, never at single events.
So nothing is lost when a run is missed, and nothing is told twice when one is repeated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

RELAPSE = "relapse"


class Kind(StrEnum):
    """What an alert says."""

    OPENED = "opened"
    ESCALATED = "escalated"
    RELAPSE = "relapse"
    UPDATE = "update"
    CLOSED = "closed"
    REOPENED = "reopened"
    BLIND = "blind"
    SEEING = "seeing"
    IGNITED = "ignited"
    COURSE = "course"


#: What cannot wait for a group or an interval, and what mail programs should mark.
URGENT = frozenset({Kind.OPENED, Kind.ESCALATED, Kind.RELAPSE, Kind.REOPENED, Kind.IGNITED})

#: A sentence as a key of the catalogue and what fills it.
Sentence = Mapping[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """How an affair stands, as far as telling goes.

    Attributes:
        severity: 1 to 4.
        stage: name of the stage.
        moods: curves that have spiked so far.
        through: time of the latest spike.
    """

    severity: int
    stage: str
    moods: frozenset[str]
    through: datetime


@dataclass(frozen=True)
class Affair:
    """An incident as it is now.

    Attributes:
        state: how it stands.
        closed: whether it is over.
        acknowledged: when a person took it up, None when nobody has.
        once: what is worth one alert in an incident's life, by its kind: that the news carry
            it, that hostility will lead.
    """

    state: Snapshot
    closed: bool = False
    acknowledged: datetime | None = None
    once: Mapping[Kind, Sentence] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """One alert already given, and how the affair stood then."""

    kind: Kind
    at: datetime
    state: Snapshot


@dataclass(frozen=True)
class Pace:
    """How often people hear of one affair (as Alertmanager's group and repeat intervals).

    Attributes:
        group: news of a new kind (a mood, a stage) waits this long for company.
        repeat: more of the same is told this often, and no more once somebody has taken it up.
    """

    group: timedelta = timedelta(minutes=5)
    repeat: timedelta = timedelta(hours=4)


@dataclass(frozen=True)
class AlertDraft:
    """One thing to tell.

    Attributes:
        kind: what it says.
        key: catalogue key of its sentence.
        values: what fills the sentence, JSON-able.
        urgent: whether it should stand out.
        state: what the rules need to know of it next time, JSON-able.
    """

    kind: Kind
    key: str
    values: Mapping[str, object]
    urgent: bool = False
    state: Mapping[str, object] = field(default_factory=dict)


def decide(
    affair: Affair, told: Sequence[Told], now: datetime, pace: Pace = Pace()
) -> list[AlertDraft]:
    """Return what to tell of an affair now: nothing, or one alert that holds all its news.

    Args:
        affair: how it stands.
        told: every alert given about it, oldest first.
        now: aware.
        pace: how often.
    """
    if not told:
        return [_draft(Kind.OPENED, affair, None)]
    last, since = told[-1], abs(now - told[-1].at)
    if last.kind is Kind.CLOSED:
        return [] if affair.closed else [_draft(Kind.REOPENED, affair, last)]
    if affair.closed:
        return [_draft(Kind.CLOSED, affair, last)] if since >= pace.group else []
    this_time = _since_opening(told)
    kind = _urgent_news(affair, this_time, now, pace)
    if kind is None and since >= pace.group:
        kind = _once(affair, told)
    kind = kind or _news(affair, this_time, since, pace)
    return [_draft(kind, affair, last)] if kind else []


def _since_opening(told: Sequence[Told]) -> Sequence[Told]:
    starts = (n for n, one in enumerate(told) if one.kind in (Kind.OPENED, Kind.REOPENED))
    return told[max(starts, default=0) :]


def _urgent_news(affair: Affair, told: Sequence[Told], now: datetime, pace: Pace) -> Kind | None:
    if affair.state.severity > max(one.state.severity for one in told):
        return Kind.ESCALATED
    if affair.state.stage != RELAPSE or told[-1].state.stage == RELAPSE:
        return None
    relapses = [one.at for one in told if one.state.stage == RELAPSE]
    fresh = not relapses or abs(now - relapses[-1]) >= pace.repeat
    return Kind.RELAPSE if fresh else None


def _once(affair: Affair, told: Sequence[Told]) -> Kind | None:
    known = {one.kind for one in told}
    return next((kind for kind in affair.once if kind not in known), None)


def _news(affair: Affair, told: Sequence[Told], since: timedelta, pace: Pace) -> Kind | None:
    state, last = affair.state, told[-1].state
    known = frozenset().union(*(one.state.moods for one in told))
    stages = {one.state.stage for one in told}
    if (state.moods - known or state.stage not in stages) and since >= pace.group:
        return Kind.UPDATE
    taken_up = affair.acknowledged is not None and affair.acknowledged >= told[0].at
    more = state.through > last.through or state.stage != last.stage
    return Kind.UPDATE if more and not taken_up and since >= pace.repeat else None


def _draft(kind: Kind, affair: Affair, last: Told | None) -> AlertDraft:
    state = affair.state
    news = state.moods - last.state.moods if last else state.moods
    values: dict[str, object] = {
        "level": state.severity,
        "before": last.state.severity if last else state.severity,
        "stage": state.stage,
        "moods": sorted(news or state.moods),
    }
    if kind in affair.once:
        own = affair.once[kind]
        return AlertDraft(kind, own["key"], values | own["values"], kind in URGENT, pack(state))
    key = f"alerts.told_{kind}"
    if kind is Kind.UPDATE and last:
        key += "_moods" if news else "_stage" if state.stage != last.state.stage else "_more"
    return AlertDraft(kind, key, values, kind in URGENT, pack(state))


def pack(state: Snapshot) -> dict[str, object]:
    """Return a snapshot as JSON-able values."""
    return {
        "severity": state.severity,
        "stage": state.stage,
        "moods": sorted(state.moods),
        "through": state.through.isoformat(),
    }


def unpack(values: Mapping[str, object]) -> Snapshot:
    """Read what ``pack`` wrote."""
    moods = values["moods"]
    return Snapshot(
        severity=int(str(values["severity"])),
        stage=str(values["stage"]),
        moods=frozenset(map(str, moods if isinstance(moods, list) else ())),
        through=datetime.fromisoformat(str(values["through"])),
    )
