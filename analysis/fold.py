"""Copies of one post: exact and near duplicates fold into one story, short posts do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from analysis.text import EDGE, encode

Hashes = NDArray[np.uint64]
Places = NDArray[np.int64]

#: Letters below which a post says too little to be a copy: two people who write 「支持！」
#: agree, they do not copy. Twelve letters leave ten trigrams.
SHORTEST = 12
#: Share of trigrams two posts must have in common (Jaccard): a post of 25 letters with one
#: word of two letters changed keeps 0.66.
ALIKE = 0.6
#: MinHash values in bands: posts that share 0.6 of their trigrams meet in some band with
#: chance 1 − (1 − 0.6³)¹⁰ = 0.91, those that share 0.8 with 0.9992.
BANDS, ROWS = 10, 3
#: Posts hashed at once, so that the table stays in the cache.
BATCH = 4_096

_ODD = np.random.default_rng(20_130_303).integers(1, 2**63, BANDS * ROWS, dtype=np.uint64) | 1
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9))


@dataclass(frozen=True)
class Sketch:
    """What comparing posts needs.

    Attributes:
        bands: one key a band, shape (posts, BANDS); two posts with equal keys in a band may
            be copies. All of a post too short to be a copy are unique to it.
        grams: hashed trigrams of all posts, one after the other.
        starts: where each post's trigrams begin, shape (posts + 1,).
    """

    bands: Hashes
    grams: Hashes
    starts: Places

    @property
    def long(self) -> Places:
        """The places of the posts long enough to be a copy."""
        return np.flatnonzero(np.diff(self.starts) >= SHORTEST - 2)

    def keys(self, places: Places) -> list[list[int]]:
        """Return the band keys of posts as signed numbers of 64 bits, which databases hold."""
        return self.bands[places].view(np.int64).tolist()  # type: ignore[no-any-return]

    def __add__(self, other: Sketch) -> Sketch:
        """Put the posts of another sketch behind these."""
        return Sketch(
            np.concatenate((self.bands, other.bands)),
            np.concatenate((self.grams, other.grams)),
            np.concatenate((self.starts[:-1], other.starts + len(self.grams))),
        )


def sketch(texts: Sequence[str]) -> Sketch:
    """Hash posts; width, case, script, punctuation, links, names and digits do not count."""
    bands, grams, sizes = [], [], []
    for first in range(0, len(texts), BATCH):
        held, size = _grams(texts[first : first + BATCH])
        grams.append(held)
        sizes.append(size)
        bands.append(_bands(held, size, first))
    if not texts:
        return Sketch(
            np.zeros((0, BANDS), np.uint64), np.zeros(0, np.uint64), np.zeros(1, np.int64)
        )
    starts = np.concatenate(([0], np.cumsum(np.concatenate(sizes))))
    return Sketch(np.concatenate(bands), np.concatenate(grams), starts)


def follow(
    held: Sketch, known: int, owners: Mapping[int, int], moments: Sequence[float], memory: float
) -> Places:
    """Return for each post the place of the first of its story, posts taken one after the other.

    A post joins the earliest first that shares a key and is a copy; else it is a first itself and
    takes over its keys. So the answer depends on the order of the posts, not on how many are
    looked at together.

    Args:
        held: of posts in the order they came.
        known: how many of them, at the beginning, are firsts by an earlier call.
        owners: the keys that lead to those, as places.
        moments: when each was published, in seconds, late ones in any order.
        memory: seconds between a first and its copies at most.
    """
    groups = np.arange(len(moments))
    leads = dict(owners)
    grams = cache(lambda place: frozenset(held.grams[slice(*held.starts[place : place + 2])]))
    touching = _in_touch(held, known, leads)
    for place, keys in zip(touching.tolist(), held.keys(touching), strict=True):
        firsts = sorted({leads[key] for key in keys if key in leads})
        near = (one for one in firsts if abs(moments[one] - moments[place]) <= memory)
        first = next((one for one in near if _copies(grams(one), grams(place))), place)
        groups[place] = first
        if first == place:
            leads.update(dict.fromkeys(keys, place))
    return groups


def _in_touch(held: Sketch, known: int, leads: Mapping[int, int]) -> Places:
    """Return the new posts of which some key leads to another: the rest stand alone."""
    places = held.long[held.long >= known]
    keys = held.bands[places].view(np.int64)
    _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    shared = (counts[inverse] > 1).reshape(keys.shape)
    shared |= np.isin(keys, np.fromiter(leads, np.int64, len(leads)))
    return np.asarray(places[shared.any(axis=1)])


def _copies(one: frozenset[np.uint64], other: frozenset[np.uint64]) -> bool:
    return len(one & other) >= ALIKE * max(1, len(one | other))


def _grams(texts: Sequence[str]) -> tuple[Hashes, Places]:
    """Return hashed trigrams of the letters of each post and how many each has."""
    values = encode(texts).values
    letters = (values == EDGE) | (values >= 0x3400) & (values < 0xE000) | _latin(values)
    kept = values[letters].astype(np.uint64)
    edge = kept == EDGE
    owner = (np.cumsum(edge) - 1) // 2
    whole = ~(edge[:-2] | edge[1:-1] | edge[2:])
    mixed = kept[:-2] * _MIX[0] ^ kept[1:-1] * _MIX[1] ^ kept[2:] * _MIX[2]
    mixed ^= mixed >> np.uint64(29)
    mixed *= _MIX[0]
    sizes = np.bincount(owner[:-2][whole], minlength=len(texts))
    return mixed[whole], sizes


def _latin(values: NDArray[np.int32]) -> NDArray[np.bool_]:
    return ((values >= 48) & (values < 58)) | ((values >= 97) & (values < 123))


def _bands(grams: Hashes, sizes: Places, first: int) -> Hashes:
    """Return band keys; posts too short for a copy get keys of their own."""
    long = sizes >= SHORTEST - 2
    numbers = np.arange(first, first + len(sizes), dtype=np.uint64)
    own = (numbers * _MIX[1] ^ _MIX[2])[:, None] * _ODD[None, :BANDS]
    if not long.any():
        return np.asarray(own)
    inside = np.repeat(long, sizes)
    packed = grams[inside]
    shift = np.concatenate(([0], np.cumsum(sizes[long])))[:-1]
    keys = np.zeros((len(shift), BANDS), np.uint64)
    for number, odd in enumerate(_ODD):
        turned = packed * odd
        least = np.minimum.reduceat(turned >> np.uint64(20), shift)
        keys[:, number // ROWS] = (keys[:, number // ROWS] ^ least) * _MIX[number % 3]
    own[long] = keys
    return np.asarray(own)
