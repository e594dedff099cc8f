"""How freely corrections may move what pieces stand for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from analysis.features import hashes, places, scatter
from analysis.layers import Layers
from analysis.nets import NUMBERS
from analysis.text import EDGE

Floats = NDArray[np.float64]


def edge(layers: Layers) -> NDArray[np.int64]:
    """Return the columns of the edge of texts: it stands in every post and must not move."""
    bits = len(layers.marks).bit_length() - 1
    place = places(hashes(scatter(np.array([EDGE], np.int32)), "one"), bits).astype(np.int64)
    return place * NUMBERS + np.arange(NUMBERS)


def unit(matrix: sp.csr_matrix, sizes: Sequence[int]) -> float:
    """Return how many steps move a text's log-odds as far as one does in a linear model.

    There each piece of a text of so many characters has a weight over the root of its length.
    """
    held = matrix.getnnz(axis=1) / NUMBERS / np.repeat(sizes, matrix.shape[0] // len(sizes))
    reach = np.sqrt(matrix.multiply(matrix).sum() / max(held.sum(), 1e-12))
    return float(1 / max(reach, 1e-12))


def of_rare(seen: NDArray[np.int32], texts: int) -> Floats:
    """Return how freely each place moves, by how many other texts hold its piece: 1 for none."""
    rarity = np.log((1 + texts) / (1 + seen)) + 1
    return np.asarray(rarity / (np.log(1 + texts) + 1), np.float64)
