"""Why: the words that moved a post's mood, and those that set a window apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from analysis.mood import MOODS, Mood
from analysis.moods import MoodModel
from analysis.words import Cutter

#: Longest part of a post that is explained, in characters.
LONGEST = 300
#: Strength of the prior in ``setting_apart``, in words: a few posts' worth of background.
PRIOR = 500.0


def moved_by(
    model: MoodModel, text: str, mood: Mood, cutter: Cutter | None = None, most: int = 8
) -> list[tuple[str, float]]:
    """Return the words that moved ``mood`` and how far, in log-odds, the strongest first.

    A word's weight is what the log-odds lose when the word is taken out, so pairs with its
    neighbours count too, and words of any length compare. Positive speaks for the mood.
    """
    words = (cutter or Cutter()).cut(text[:LONGEST])
    places = [at for at, word in enumerate(words) if word.strip()]
    without = ["".join(words[:at] + words[at + 1 :]) for at in places]
    scores = model.score(["".join(words), *without])[:, MOODS.index(mood)]
    odds = np.log(np.clip(scores, 1e-12, 1.0)) - np.log(np.clip(1.0 - scores, 1e-12, 1.0))
    moved: dict[str, float] = {}
    for at, left in zip(places, odds[1:].tolist(), strict=True):
        moved[words[at]] = moved.get(words[at], 0.0) + float(odds[0]) - left
    ranked = sorted(moved.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
    return ranked[:most]


def setting_apart(
    window_texts: Iterable[str],
    calm_texts: Iterable[str],
    n: int = 10,
    cutter: Cutter | None = None,
) -> list[tuple[str, float]]:
    """Return the ``n`` words most typical of the window against the calm before, with z-scores.

    Weighted log-odds with an informative Dirichlet prior made of both sides together
    (Monroe, Colaresi and Quinn 2008, "Fightin' Words", eq. 15–22). A word counts once a post;
    single characters and words said in one post only are left out.
    """
    cutter = cutter or Cutter()
    window, calm = _posts_with(window_texts, cutter), _posts_with(calm_texts, cutter)
    both = window + calm
    total = sum(both.values())
    sizes = sum(window.values()), sum(calm.values())
    scored: list[tuple[str, float]] = []
    for word, said in window.items():
        if said < 2:
            continue
        prior = PRIOR * both[word] / total
        here = (said + prior) / (sizes[0] + PRIOR - said - prior)
        there = (calm[word] + prior) / (sizes[1] + PRIOR - calm[word] - prior)
        error = 1 / (said + prior) + 1 / (calm[word] + prior)
        scored.append((word, float((np.log(here) - np.log(there)) / np.sqrt(error))))
    scored.sort(key=lambda pair: (-pair[1], pair[0]))
    return [pair for pair in scored[:n] if pair[1] > 0]


def _posts_with(texts: Iterable[str], cutter: Cutter) -> Counter[str]:
    """Count, per word of two characters or more, the posts that say it."""
    found: Counter[str] = Counter()
    for text in texts:
        found.update({word.casefold() for word in cutter.words(text) if len(word) > 1})
    return found


def leading(texts: Sequence[str], model: MoodModel, mood: Mood, n: int = 3) -> list[str]:
    """Return the posts that carry ``mood`` most surely, alike ones once."""
    scores = model.score(texts)[:, MOODS.index(mood)]
    order = np.argsort(-scores, kind="stable")
    return list(dict.fromkeys(texts[at] for at in order))[:n]
