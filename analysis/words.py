"""Words of a post, cut by jieba's dictionary and the team's own list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

#: How often an own word is assumed to occur: enough to win over its parts in jieba's dictionary.
OWN_FREQUENCY = 20_000
#: Longest own word, in characters, and most of them.
LONGEST_WORD, MOST_WORDS = 20, 50_000
#: Largest file of own words, in bytes: the most words, each of the longest, with room to spare.
LARGEST_FILE = 8 * 1024 * 1024

_WORDY = re.compile(r"\w", re.UNICODE)


class WordListError(Exception):
    """A list of own words cannot be used; ``why`` is ``encoding``, ``many`` or ``unreadable``."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path, self.why = path, why


class Cutter:
    """Cuts posts into words; own words (brands, slang) are never split.

    Without words of its own it cuts as everything in this process does: by jieba's dictionary
    and the list given to :func:`use`. With some, it keeps its own copy of the dictionary.
    """

    def __init__(self, own: Iterable[str] = ()) -> None:
        """Take the team's word list; blank and overlong entries and all past the most are left."""
        self.own = bounded(own)
        self._jieba = _dictionary(self.own)

    def cut(self, text: str) -> list[str]:
        """Return all pieces of ``text`` in order; joined they are the text again.

        Without the hidden Markov model, as jieba's ``HMM=False``.
        """
        try:
            return list(self._jieba.cut(text, False))
        except UnicodeEncodeError:
            plain = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            return list(self._jieba.cut(plain, False))

    def words(self, text: str) -> list[str]:
        """Return the pieces that hold a letter, digit or character."""
        return [piece for piece in self.cut(text) if _WORDY.search(piece)]


def use(own: Iterable[str]) -> None:
    """Let everything in this process that cuts words keep these whole; called once, at its start.

    jieba's dictionary is one a process, so that explanations, keywords and concerns agree.
    """
    words = bounded(own)
    if words:
        import rjieba

        for word in words:
            rjieba.add_word(word, OWN_FREQUENCY, None)


def read_words(path: Path) -> tuple[str, ...]:
    """Read a list of own words: one a line, what follows a space (jieba's counts) is passed over.

    Raises:
        WordListError: it cannot be read, is no UTF-8 text, or holds more words than are kept.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise WordListError(path, "many")
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise WordListError(path, "encoding") from error
    except OSError as error:
        raise WordListError(path, "unreadable") from error
    if len(lines) > MOST_WORDS:
        raise WordListError(path, "many")
    return bounded(line.split(maxsplit=1)[0] for line in lines if line.strip() and line[0] != "#")


def bounded(own: Iterable[str]) -> tuple[str, ...]:
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
def _dictionary(own: Sequence[str]) -> Any:
    """Return jieba's dictionary, the process's own or a copy with own words on top."""
    import rjieba

    if not own:
        return rjieba
    jieba = rjieba.Jieba()
    for word in own:
        jieba.add_word(word, OWN_FREQUENCY, None)
    return jieba
