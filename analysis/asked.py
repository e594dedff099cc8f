"""Which concern a post speaks of, by the words that the concern's posts share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.bags import cut

#: Words a post must share with a concern: one alone (孩子) is in every second post of an affair.
LEAST = 2


def speaks_of(texts: Sequence[str], concerns: Sequence[Sequence[str]]) -> NDArray[np.int64]:
    """Return for each text the number of the concern it shares most words with, −1 for none.

    Args:
        texts: posts, raw.
        concerns: the telling words of each, the most telling first; on a tie the earlier wins.
    """
    wanted = [frozenset(words) for words in concerns]
    found = np.full(len(texts), -1, np.int64)
    for place, text in enumerate(texts):
        said = set(cut(text))
        shared = [len(said & words) for words in wanted]
        best = max(shared, default=0)
        if best >= LEAST:
            found[place] = shared.index(best)
    return found
