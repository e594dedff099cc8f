"""Concerns: what people ask or claim, as clusters with a question in their own words."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from analysis.bags import Bags, bags
from analysis.facets import Facets, factor
from analysis.mood import Mood
from analysis.quote import quote
from analysis.sentences import own_words
from analysis.series import Floats

#: A concern is at least so many posts; fewer are single voices.
LEAST = 3
#: Share of its words, or of its members seen before, that must agree for it to be the same.
SAME = 0.34
WORDS, EXAMPLES = 8, 5


@dataclass(frozen=True)
class ConcernItem:
    """One mention that doubts or fears.

    Attributes:
        id: the mention's.
        text: its text, raw.
        published: when, aware.
        weight: how much it counts; 1 is one post.
        anxiety: probability in [0, 1].
        doubt: probability in [0, 1].
        hostility: probability in [0, 1].
    """

    id: str
    text: str
    published: datetime
    weight: float = 1.0
    anxiety: float = 0.0
    doubt: float = 0.0
    hostility: float = 0.0


@dataclass(frozen=True)
class Concern:
    """What many ask or claim.

    Attributes:
        key: stays while the concern lives.
        question: one of their sentences, short, without names and links.
        size: mentions.
        growth: mentions of the newer half of the time over those of the older half.
        moods: mean probability of each mood over its mentions.
        examples: ids of the mentions nearest to its middle, the one quoted first.
        words: what its mentions share, most telling first.
        members: ids of all its mentions.
    """

    key: str
    question: str
    size: int
    growth: float
    moods: Mapping[str, float]
    examples: tuple[str, ...]
    words: tuple[str, ...]
    members: tuple[str, ...] = field(default=(), repr=False)


def cluster(
    items: Sequence[ConcernItem],
    k_max: int = 8,
    previous: Sequence[Concern] = (),
    stop: frozenset[str] = frozenset(),
) -> list[Concern]:
    """Find what the mentions are about, largest first.

    Args:
        items: doubting and anxious mentions of one affair; 3,000 take under a second.
        k_max: at most so many concerns.
        previous: the last answer; a concern that lives on keeps its key.
        stop: words that say nothing here, such as the brand's own name.
    """
    texts = [own_words(item.text) for item in items]
    held = bags(texts, stop)
    weights = np.array([max(item.weight, 0.0) for item in items])
    facets = factor(held.table, weights, k_max, _seeds(previous, held, k_max))
    found = []
    for number in range(len(facets.centres)):
        members = np.flatnonzero(facets.owner == number)
        if len(members) >= LEAST:
            found.append(_concern(items, texts, held, (facets, number, members)))
    found.sort(key=lambda concern: (-concern.size, concern.question))
    return _with_keys(found, previous)


def _seeds(previous: Sequence[Concern], held: Bags, most: int) -> Floats:
    """Start from earlier concerns, so that a few new posts do not turn everything round."""
    rows = np.zeros((min(len(previous), most), len(held.words)))
    for row, concern in zip(rows, previous, strict=False):
        for rank, word in enumerate(concern.words):
            if word in held.place:
                row[held.place[word]] = 1 / (1 + rank)
    return rows


def _concern(
    items: Sequence[ConcernItem],
    texts: Sequence[str],
    held: Bags,
    found: tuple[Facets, int, NDArray[np.int64]],
) -> Concern:
    facets, number, members = found
    centre = facets.centres[number]
    order = members[np.argsort(-facets.closeness[members], kind="stable")]
    said = quote([texts[i] for i in order], centre, held)
    top = [held.words[w] for w in np.argsort(-centre)[:WORDS] if centre[w] > 0.05]
    near = [int(order[said.index]), *(int(i) for i in order if i != order[said.index])]
    mine = [items[i] for i in members]
    return Concern(
        key="",
        question=said.text,
        size=len(members),
        growth=_growth(mine, items),
        moods={
            mood: round(float(np.mean([getattr(item, mood) for item in mine])), 3)
            for mood in (Mood.ANXIETY, Mood.DOUBT, Mood.HOSTILITY)
        },
        examples=tuple(items[i].id for i in near[:EXAMPLES]),
        words=tuple(top),
        members=tuple(item.id for item in mine),
    )


def _growth(mine: Sequence[ConcernItem], all_items: Sequence[ConcernItem]) -> float:
    first = min(item.published for item in all_items)
    last = max(item.published for item in all_items)
    middle = first + (last - first) / 2
    newer = sum(item.published > middle for item in mine)
    return round((newer + 0.5) / (len(mine) - newer + 0.5), 2)


def _with_keys(found: list[Concern], previous: Sequence[Concern]) -> list[Concern]:
    """Give each concern the key of the earlier one it agrees with most, or a new one."""
    pairs = sorted(
        ((_agreement(new, old), -n, -o) for n, new in enumerate(found)
         for o, old in enumerate(previous)),
        reverse=True,
    )  # fmt: skip
    keys: dict[int, str] = {}
    for share, n, o in pairs:
        if share >= SAME and -n not in keys and previous[-o].key not in keys.values():
            keys[-n] = previous[-o].key
    taken = {old.key for old in previous}
    named = []
    for number, concern in enumerate(found):
        key = keys.get(number) or _new_key(concern, taken)
        taken.add(key)
        named.append(replace(concern, key=key))
    return named


def _agreement(new: Concern, old: Concern) -> float:
    shared = set(new.members) & set(old.members)
    both = len(shared) / max(1, min(len(new.members), len(old.members)))
    words = set(new.words) & set(old.words)
    return max(both, len(words) / max(1, min(len(new.words), len(old.words))) * 0.9)


def _new_key(concern: Concern, taken: set[str]) -> str:
    for salt in range(1_000):
        basis = "|".join((*concern.words[:3], concern.examples[0], str(salt)))
        key = hashlib.blake2s(basis.encode(), digest_size=5).hexdigest()
        if key not in taken:
            return key
    raise RuntimeError("A thousand keys of one concern are taken.")
