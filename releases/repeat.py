"""Whether one text repeats another: the longest run of characters they share."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

#: Shared run from which a headline repeats what is being said, in characters: shorter runs are
#: the subject (智温杯内胆), longer ones the assertion.
RUN = 7


def repeats(text: str, others: Iterable[str]) -> bool:
    """Whether ``text`` shares a run of at least ``RUN`` characters with any of ``others``."""
    return any(longest_run(text, other) >= RUN for other in others)


def longest_run(one: str, other: str) -> int:
    """Return the length of the longest common run of characters."""
    match = SequenceMatcher(None, one, other, autojunk=False)
    return match.find_longest_match().size
