"""The sentence that speaks for a concern: a real one, short, near its middle, naming nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import rjieba

from analysis.bags import Bags, cut
from analysis.sentences import asks, paired, sentences
from analysis.series import Floats

#: Posts read for the sentence; the nearest come first.
READ = 60
#: Characters that read best at a glance; shorter ones say little, longer ones too much.
BEST = (7, 22)


@dataclass(frozen=True)
class Quote:
    """A sentence and the place of its post among those given."""

    text: str
    index: int


def quote(texts: Sequence[str], centre: Floats, held: Bags) -> Quote:
    """Choose the sentence nearest to ``centre``; a question wins over a claim.

    Args:
        texts: own words of the members, nearest first.
        centre: weight of each word, unit length, shape (words,).
        held: the words.
    """
    best = (-1.0, paired(texts[0][:60]) if texts else "", 0)
    told: dict[str, int] = {}
    for index, text in enumerate(texts[:READ]):
        for sentence in sentences(text):
            told[sentence] = told.get(sentence, 0) + 1
            worth = _worth(sentence, centre, held) + 0.05 * min(told[sentence], 4)
            if worth > best[0]:
                best = (worth, sentence, index)
    return Quote(best[1], best[2])


def _worth(sentence: str, centre: Floats, held: Bags) -> float:
    places = [held.place[word] for word in set(cut(sentence)) if word in held.place]
    if not places:
        return 0.0
    weights = held.rarity[places]
    near = float(centre[places] @ weights / np.sqrt((weights**2).sum() * 1.0))
    low, high = BEST
    off = max(0, low - len(sentence)) / low + max(0, len(sentence) - high) / high
    plain = 0.0 if _names(sentence, held) else 0.3
    return near * (1.0 + 0.35 * asks(sentence)) * (1 - 0.5 * min(off, 1.0)) * (0.7 + plain)


def _names(sentence: str, held: Bags) -> bool:
    """Say whether it names a person of whom hardly anybody else speaks."""
    return any(
        kind.startswith("nr") and len(word) > 1 and word not in held.place
        for word, kind in rjieba.tag(sentence, True)
    )
