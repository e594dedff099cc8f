"""Which facts answer which question: shared words, a threshold, and one fixed order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import rjieba

from releases.lexicon import words as words_of
from storage.release import Fact

#: What a word named by the person who entered the fact counts, against a word that merely occurs.
NAMED = 2
#: Least score with which a fact is used: one named word, or two words in common. A single common
#: word (检测, 产品) is how an unrelated fact slips in.
THRESHOLD = 2


@dataclass(frozen=True)
class Asked:
    """What is to be answered: the question as asked, and the words that stand for it."""

    question: str
    words: tuple[str, ...] = ()


def fitting(asked: Asked, facts: Iterable[Fact], names: Sequence[str] = ()) -> list[Fact]:
    """Return the facts that answer ``asked``, best first, the older first among equals.

    ``names`` are the company's and the topic's names: shared by all, they bind nothing.
    """
    ranked = [(-score(asked, fact, names), fact.id, fact) for fact in facts]
    return [fact for points, _, fact in sorted(ranked, key=lambda r: r[:2]) if -points >= THRESHOLD]


def score(asked: Asked, fact: Fact, names: Sequence[str] = ()) -> int:
    """Return how much of the question the fact is about; 0 is nothing."""
    text = _without(names, " ".join((asked.question, *asked.words)).lower())
    named = {word for word in _clean(fact.words, names) if word in text}
    theirs = content_words(text)
    ours = content_words(_without(names, fact.statement.lower()))
    # A word inside a named one (批次 in 批次号) is the same agreement, not a second one.
    shared = {word for word in theirs & ours if not any(word in one for one in named)}
    return NAMED * len(named) + len(shared)


def content_words(text: str) -> set[str]:
    """Return the words of two characters or more that say what a text is about."""
    words = {
        word for word in rjieba.cut(text, False) if len(word) > 1 and word not in words_of("common")
    }
    return {word for word in words if word.isalnum() and not word.isdigit()}


def _clean(words: Iterable[object], names: Sequence[str]) -> set[str]:
    kept = (_without(names, str(word).strip().lower()).strip() for word in words)
    return {word for word in kept if len(word) > 1 and word not in words_of("common")}


def _without(names: Sequence[str], text: str) -> str:
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = text.replace(name.lower(), " ")
    return text
