"""What a place holds in two numbers of 64 bits, so that two sums add sixteen small ones."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from analysis.features import SPANS, Hashes, hashed, marks, places, scatter
from analysis.layers import Layers
from analysis.nets import LARGEST, NUMBERS, STRETCH, VOICES, WIDE
from analysis.text import Codes

Packed = NDArray[np.uint64]

#: Bits of a number. They are kept as number + ``LARGEST``, none below zero, so that six pieces
#: fit; a stretch takes twice as many, for each voice by itself.
LANE = np.uint64(8)
EVERY_OTHER = np.uint64(0x00FF_00FF_00FF_00FF)
#: What a stretch is lifted by.
LIFT = LARGEST * len(SPANS) * STRETCH


def pack(layers: Layers) -> Packed:
    """Return shape (places + 1, 2): what each place holds, and last what stands for nothing.

    Bytes take turns, one of each voice, the lowest first (as on every machine that numba and the
    wheels of NumPy are made for).
    """
    turns = layers.table.reshape(-1, VOICES, WIDE).transpose(0, 2, 1).reshape(-1, NUMBERS)
    lifted = np.concatenate([turns, np.zeros((1, NUMBERS), np.int8)]) + np.int8(LARGEST)
    return lifted.view(np.uint64)


def stretches(
    codes: Codes, layers: Layers, table: Packed
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return what the pieces that end in each stretch add up to, and each text's first stretch.

    The sums have shape (stretches, NUMBERS) and are whole numbers.
    """
    spread, firsts = _filled(codes)
    # NumPy takes numbers of sixteen bytes at once.
    rows, bits = table.view(np.complex128)[:, 0], len(layers.marks).bit_length() - 1
    held, none = [], spread == 0
    for kind, found in enumerate(_pieces(spread)):
        at = places(found, bits)
        strange = layers.marks.take(at) != marks(found, bits)
        strange |= none
        strange[:kind, firsts] = True
        # All bits set, a place lies behind every table and is cut to the last row: nothing.
        at |= -strange.astype(np.uint32)
        held.append(rows.take(at, mode="clip").view(np.uint64).reshape(*spread.shape, 2))
    seen = sum(held[1:], held[0])
    pairs = seen[0::2] + seen[1::2]
    added = np.empty((spread.shape[1], VOICES), np.complex128)
    for voice, some in enumerate((pairs, pairs >> LANE)):
        together = (some & EVERY_OTHER).sum(axis=0)
        added[:, voice] = together.view(np.complex128)[:, 0]
    sums = added.view(np.uint16).astype(np.float32)
    sums -= np.float32(LIFT)
    return sums, firsts


def _filled(codes: Codes) -> tuple[Hashes, NDArray[np.int64]]:
    """Return spread codes, shape (STRETCH, stretches), and each text's first stretch.

    Short stretches are filled up with zeros.
    """
    sizes = np.diff(codes.starts)
    counts = -(-sizes // STRETCH)
    firsts = np.cumsum(counts) - counts
    filled = np.zeros(STRETCH * int(counts.sum()), np.uint32)
    at = np.repeat(STRETCH * firsts - codes.starts[:-1], sizes)
    at += np.arange(len(at))
    filled[at] = scatter(codes.values)
    return np.ascontiguousarray(filled.reshape(-1, STRETCH).T), firsts


def _pieces(spread: Hashes) -> Iterator[Hashes]:
    """Yield, per kind, the hash of the piece that ends at each code, as ``spread`` lies."""
    chars = [spread]
    for _ in SPANS:
        yield hashed(*chars)
        before = np.empty_like(spread)
        before[1:], before[0, 1:], before[0, :1] = chars[0][:-1], chars[0][-1, :-1], 0
        chars.insert(0, before)
