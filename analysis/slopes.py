"""How the log-odds of texts follow from what each of their pieces stands for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from analysis.features import SPANS, hashes, marks, places, scatter
from analysis.layers import CONTEXT_PARTS, LOUDEST, Layers, apart, heard
from analysis.moods import MoodModel
from analysis.nets import NUMBERS, STRETCH
from analysis.packed import pack, stretches
from analysis.text import Codes, encode

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
#: Texts at once: bounds memory.
_BLOCK = 100


def slopes(model: MoodModel, texts: Sequence[str]) -> sp.csr_matrix:
    """Return what one step of each number of the table does to the log-odds, where they are now.

    Returns:
        Shape (texts * moods, places * NUMBERS): a text's moods, a place's numbers side by side.
    """
    packed = pack(model.layers)
    blocks = (encode(texts[at : at + _BLOCK]) for at in range(0, len(texts), _BLOCK))
    return sp.csr_matrix(sp.vstack([_block(model, packed, codes) for codes in blocks]))


def _block(model: MoodModel, packed: NDArray[np.uint64], codes: Codes) -> sp.csr_matrix:
    """Do it for some texts."""
    sums, firsts = stretches(codes, model.layers, packed)
    slope = _of_stretches(model.layers, sums, np.diff(codes.starts), firsts)
    moods, rows, columns, values = slope.shape[2], [], [], []
    for owner, stretch, place in _pieces(codes, model, firsts):
        shape = (len(owner), NUMBERS, moods)
        row = (owner[:, None, None] * moods + np.arange(moods)).astype(np.int32)
        column = (place[:, None, None] * NUMBERS + np.arange(NUMBERS)[:, None]).astype(np.int32)
        rows.append(np.broadcast_to(row, shape).ravel())
        columns.append(np.broadcast_to(column, shape).ravel())
        values.append(slope[stretch].ravel())
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    whole = ((len(codes.starts) - 1) * moods, model.layers.table.size)
    return sp.coo_matrix(entries, shape=whole).tocsr()


def _of_stretches(
    layers: Layers, sums: NDArray[np.float32], sizes: Numbers, firsts: Numbers
) -> Floats:
    """Return what a step of a stretch's sums does to its text's log-odds.

    Shape (stretches, NUMBERS, moods); texts have ``sizes`` characters.
    """
    counts, heads, units = np.diff(firsts, append=len(sums)), layers.heads, len(layers.start)
    owner = np.repeat(np.arange(len(sizes)), counts)
    parts = np.split(heads, [NUMBERS, NUMBERS + units])
    straight, total, peak = (part * one for part, one in zip(parts, layers.scale, strict=True))
    whole = np.add.reduceat(sums, firsts, axis=0).astype(np.float64)
    hidden = apart(layers.hidden.astype(np.float64))
    said = sums @ hidden + heard(layers, whole, sizes)[owner]
    moved = (said > 0) & (said < LOUDEST)
    highest = moved & (said == np.maximum.reduceat(said, firsts, axis=0)[owner])
    felt = moved[:, :, None] * (total / np.sqrt(counts)[owner, None, None])
    # What several stretches alike say highest, a shared piece moves in all of them at once.
    alike = np.maximum(np.add.reduceat(highest, firsts, axis=0, dtype=np.float64), 1)
    felt += (highest / alike[owner])[:, :, None] * peak
    everywhere = np.add.reduceat(felt, firsts, axis=0)
    context = apart(layers.context / CONTEXT_PARTS)
    long = straight + np.einsum("lu,tum->tlm", context, everywhere)
    near = np.einsum("lu,sum->slm", hidden, felt)
    return np.asarray(near + (long / np.sqrt(sizes)[:, None, None])[owner])


def _pieces(
    codes: Codes, model: MoodModel, firsts: Numbers
) -> Iterator[tuple[Numbers, Numbers, Numbers]]:
    """Yield, per kind of piece, whose it is, the stretch where it ends, and its place."""
    spread, owned = scatter(codes.values), model.layers.marks
    bits, sizes = len(owned).bit_length() - 1, np.diff(codes.starts)
    owner = np.repeat(np.arange(len(sizes)), sizes)
    within = np.arange(len(owner)) - codes.starts[:-1][owner]
    for piece, span in SPANS.items():
        ends = np.flatnonzero(within >= span - 1)
        found = hashes(spread, piece)[ends - (span - 1)]
        at = places(found, bits).astype(np.int64)
        mine = owned[at] == marks(found, bits)
        ends = ends[mine]
        yield owner[ends], firsts[owner[ends]] + within[ends] // STRETCH, at[mine]
