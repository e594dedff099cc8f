"""Why: the words that moved each mood of a post."""

from __future__ import annotations

import numpy as np

from analysis.mood import MOODS, Mood
from analysis.moods import MoodModel
from analysis.text import pieces
from analysis.words import Cutter

#: Longest part of a post that is explained, in characters.
LONGEST = 300


def moves(
    model: MoodModel, text: str, cutter: Cutter | None = None, most: int = 8
) -> dict[Mood, list[tuple[str, float]]]:
    """Return per mood the words that moved it and how far, in log-odds, the strongest first.

    A word's weight is what the log-odds lose when the word is taken out, so pairs with its
    neighbours count too, and words of any length compare. A link, a name and markup, which the
    model reads as one piece, are one word. Positive speaks for the mood.
    """
    words = _words(text[:LONGEST], cutter or Cutter())
    places = [at for at, word in enumerate(words) if word.strip()]
    without = ["".join(words[:at] + words[at + 1 :]) for at in places]
    scores = model.score(["".join(words), *without])
    odds = np.log(np.clip(scores, 1e-12, 1.0)) - np.log(np.clip(1.0 - scores, 1e-12, 1.0))
    lost = odds[0] - odds[1:]
    found = {}
    for column, mood in enumerate(MOODS):
        moved: dict[str, float] = {}
        for at, weight in zip(places, lost[:, column].tolist(), strict=True):
            moved[words[at]] = moved.get(words[at], 0.0) + weight
        found[mood] = sorted(moved.items(), key=lambda pair: (-abs(pair[1]), pair[0]))[:most]
    return found


def _words(text: str, cutter: Cutter) -> list[str]:
    words: list[str] = []
    for piece, whole in pieces(text):
        words += [piece] if whole else cutter.cut(piece)
    return words
