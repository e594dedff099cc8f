"""Room in a model for pieces it did not know, such as the slang and the names of a new affair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from analysis.features import marks, pieces, places
from analysis.layers import Layers
from analysis.text import encode

#: A newcomer takes no place whose owner moves more than this share of owners do: what these stand
#: for was learnt from hundreds of thousands of posts (``benchmarks/moods_corrections.py``).
QUIET = 0.5


def settled(layers: Layers, texts: Sequence[str]) -> Layers:
    """Return layers in which new pieces of texts own places; they stand for nothing yet.

    Of newcomers that fall on the same place the one that most texts share moves in. A text none of
    whose newcomers finds a quiet place gets the quietest there is: else it could teach nothing.
    """
    kinds = [[found for _, found in pieces(encode([text]))] for text in texts]
    met = [np.unique(np.concatenate(found)) for found in kinds]
    found, shared = np.unique(np.concatenate(met), return_counts=True)
    bits = len(layers.marks).bit_length() - 1
    moves = (layers.table.astype(np.int64) ** 2).sum(axis=1)
    at = places(found, bits)
    new = layers.marks[at] != marks(found, bits)
    moving = new & (moves[at] <= np.quantile(moves, QUIET))
    for pieces_of in met:
        here = np.searchsorted(found, pieces_of)
        here = here[new[here]]
        if len(here) and not moving[here].any():
            moving[here[moves[at[here]].argmin()]] = True
    order = np.flatnonzero(moving)[np.argsort(shared[moving], kind="stable")]
    given, table = layers.marks.copy(), layers.table.copy()
    given[at[order]], table[at[order]] = marks(found[order], bits), 0
    return replace(layers, marks=given, table=table)
