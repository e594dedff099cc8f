"""What is being said, in numbers of our own monitoring: where, since when, how much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from releases.question import public_words
from releases.terms import Terms, minute
from storage.bucket import by_platform
from storage.incident import Concern, Incident
from templates.catalogue import entries, say

#: How many of the public's words a statement repeats.
WORDS = 4
OTHER = "releases.platform_other"


@dataclass(frozen=True)
class Talk:
    """The talk as a statement may report it: no person, no link, no accusation in full."""

    since: str
    until: str
    platforms: str
    count: int
    words: str


def talk_of(
    session: Session,
    incident: Incident,
    concerns: Sequence[Concern],
    now: datetime,
    terms: Terms,
    own: Sequence[str],
) -> Talk | None:
    """Return what an incident's talk amounts to, or None where nothing was counted."""
    found = by_platform(session, incident.topic_id, incident.opened, now)
    counts = Counter({name: curves["volume"] for name, curves in found.items()})
    total = sum(counts.values())
    if total <= 0:
        return None
    words = public_words(_words(incident, concerns), own)[:WORDS]
    return Talk(
        since=minute(incident.opened, terms.zone),
        until=minute(now, terms.zone),
        platforms=_platforms(name for name, _ in counts.most_common()),
        count=total,
        words=say("releases.quoted_words", words="」「".join(words)) if words else "",
    )


def leading_mood(concerns: Iterable[Concern]) -> str:
    """Return the mood most felt in what is asked: anxiety, doubt, hostility, or nothing."""
    felt: dict[str, float] = {}
    for concern in concerns:
        for mood, share in concern.moods.items():
            if mood in {"anxiety", "doubt", "hostility"} and isinstance(share, int | float):
                felt[mood] = felt.get(mood, 0.0) + share * concern.size
    best = max(felt.values(), default=0.0)
    return min((mood for mood in felt if felt[mood] == best), default="") if best > 0 else ""


def _words(incident: Incident, concerns: Iterable[Concern]) -> list[object]:
    ours = [word for concern in concerns for word in concern.words[:2]]
    return list(dict.fromkeys([*ours, *incident.words]))


def _platforms(names: Iterable[str]) -> str:
    """Name platforms as the public knows them; one we do not know stays unnamed."""
    known = [f"releases.platform_{name.split(':')[0]}" for name in names]
    keys = list(dict.fromkeys(key if key in entries() else OTHER for key in known))
    keys.sort(key=OTHER.__eq__)
    return say("releases.on_platforms", platforms=[say(key) for key in keys])
