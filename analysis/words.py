"""Words of a post, cut by jieba's dictionary and the team's own list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import rjieba

#: How often an own word is assumed to occur: enough to win over its parts in jieba's dictionary.
OWN_FREQUENCY = 20_000
#: Longest own word, in characters, and most of them.
LONGEST_WORD, MOST_WORDS = 20, 50_000

_WORDY = re.compile(r"\w", re.UNICODE)


class Cutter:
    """Cuts posts into words; own words (brands, slang) are never split.

    The default dictionary is shared; each cutter with own words keeps its own copy.
    """

    def __init__(self, own: Iterable[str] = ()) -> None:
        """Take the team's word list; blank and overlong entries and all past the most are left."""
        self.own = _bounded(own)
        self._jieba = _dictionary(self.own)

    def cut(self, text: str) -> list[str]:
        """Return all pieces of ``text`` in order; joined they are the text again.

        Without the hidden Markov model, as jieba's ``HMM=False``.
        """
        try:
            return list(self._jieba.cut(text, hmm=False))
        except UnicodeEncodeError:
            plain = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            return list(self._jieba.cut(plain, hmm=False))

    def words(self, text: str) -> list[str]:
        """Return the pieces that hold a letter, digit or character."""
        return [piece for piece in self.cut(text) if _WORDY.search(piece)]


def _bounded(own: Iterable[str]) -> tuple[str, ...]:
    """Keep usable own words in order, each once."""
    kept: dict[str, None] = {}
    for line in own:
        word = line.strip()
        if 1 < len(word) <= LONGEST_WORD and word.isprintable():
            kept[word] = None
        if len(kept) >= MOST_WORDS:
            break
    return tuple(kept)


@cache
def _dictionary(own: Sequence[str]) -> rjieba.Jieba:
    """Load jieba's dictionary with own words on top."""
    import rjieba

    jieba = rjieba.Jieba()
    for word in own:
        jieba.add_word(word, OWN_FREQUENCY, None)
    return jieba
