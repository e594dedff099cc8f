"""Teaching the network: rounds over all posts, rates that fall, and the net that comes out."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from analysis.descent import desk, look_up, move, notes, read, trace
from analysis.fast import hashes, owned
from analysis.features import MARK, SPANS, Hashes, Marks, marks, owners, places
from analysis.nets import STRETCH, VOICES, Net, fresh, joined
from analysis.recipe import LEARNT, School
from analysis.text import encode

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]

#: Places of the first network for each of the second, as a power of two, and how often a piece must
#: be met to be learnt at all (docs/moods.md).
FIRST, LEAST = 4, 2
#: Share of a column's numbers that are cut to the largest of the others, so that these are rounded
#: finely: the average precision that rounding cost, 0.003, comes back.
CUT = 1e-4
_LAYERS = ("hidden", "context", "start", "straight", "total", "peak", "bias")
#: Texts encoded at once.
_BLOCK = 20_000


def taught(texts: Sequence[str], chances: Floats, bits: int, school: School) -> Net:
    """Teach the voices of a model what is believed of texts.

    A first, larger network tells which pieces are worth a place: those that move much (the square
    of what they stand for) and often (the square root of how many there are). Then each voice
    learns these, as far from the others as chance makes it.

    Args:
        texts: posts.
        chances: (texts, moods), what is believed of them.
        bits: the table has ``2 ** bits`` places, that of the first network ``2 ** FIRST`` as many.
        school: how.
    """
    posts = (*_codes(texts), chances.astype(np.float32))
    found, counts = _met(posts[0], posts[1])
    often = counts >= LEAST
    found, counts = found[often], counts[often]
    wide = min(bits + FIRST, 32 - MARK)
    first = _learnt(posts, owners(found, counts, wide), school)
    at = places(found, wide)
    moves = (first.table[at] ** 2).sum(axis=1) * (first.marks[at] == marks(found, wide))
    given = owners(found, np.sqrt(counts) * moves, bits)
    seeds = [VOICES * school.seed + voice for voice in range(VOICES)]
    with ThreadPoolExecutor(VOICES) as pool:
        each = pool.map(lambda seed: _learnt(posts, given, replace(school, seed=seed)), seeds)
        return joined(list(each))


def _met(values: NDArray[np.int32], starts: NDArray[np.int64]) -> tuple[Hashes, Numbers]:
    """Return the hashes of all pieces that are learnt from, and how many of each there are."""
    found = np.empty(len(values) * len(SPANS), np.uint32)
    return np.unique(found[: _gather(values, starts, notes(), found)], return_counts=True)


@numba.njit(cache=True)
def _gather(values, starts, room, into):  # type: ignore[no-untyped-def]
    """Fill the hashes of all pieces; return how many."""
    spaced, found = room
    count = 0
    for text in range(len(starts) - 1):
        size = min(starts[text + 1] - starts[text], LEARNT)
        hashes(values[starts[text] : starts[text] + size], spaced, found)
        for kind in range(len(found)):
            for at in range(kind, size):
                into[count] = found[kind][at]
                count += 1
    return count


def _learnt(posts: tuple[NDArray[Any], ...], given: Marks, school: School) -> Net:
    """Return a network that learnt from posts what the pieces with these marks stand for.

    Stochastic descent on the cross-entropy: AdaGrad (Duchi, Hazan and Singer 2011) for what the
    pieces stand for, Adam (Kingma and Ba 2015) for the layers, and pieces left out at random
    (Srivastava et al. 2014), so that none is relied on alone. Stretches begin elsewhere each time,
    so that what matters is not learnt with the place where it happened to be cut.
    """
    dice = np.random.default_rng(school.seed)
    net = fresh(given, dice)
    flat, layers = _views(net)
    slope, slopes = _views(net)
    slope[:] = 0
    state = (flat, slope, np.zeros_like(flat), np.zeros_like(flat))
    met = np.zeros(len(net.table), np.float32)
    desks = (desk(net.hidden.shape[1], len(net.bias)), notes())
    texts = len(posts[1]) - 1
    orders = [part for _ in range(school.rounds) for part in _dealt(texts, dice)]
    for at, order in enumerate(orders):
        left = np.float32(1 - at / len(orders))
        how = (
            np.float32(school.dropped), np.float32(school.rate) * left,
            np.float32(school.decay), np.float32(school.slow) * left,
            min(school.step, len(order)),
        )  # fmt: skip
        learner = (net.table, met, layers, slopes, state)
        seed = int(dice.integers(1 << 31))
        _learn(order, posts, owned(given), learner, desks, how, seed)
    most = np.quantile(np.abs(net.table), 1 - CUT, axis=0).astype(np.float32)
    return Net(given, np.clip(net.table, -most, most), *layers)


def _views(net: Net) -> tuple[Floats, tuple[Floats, ...]]:
    """Return the layers in one row, and each of them as a part of it."""
    flat = np.concatenate([getattr(net, name).ravel() for name in _LAYERS])
    found, at = [], 0
    for name in _LAYERS:
        layer = getattr(net, name)
        found.append(flat[at : at + layer.size].reshape(layer.shape))
        at += layer.size
    return flat, tuple(found)


def _dealt(count: int, dice: np.random.Generator) -> list[NDArray[np.int64]]:
    """Return the numbers of all posts in a new order, in some parts of about the same size."""
    return np.array_split(dice.permutation(count), 8)


def _codes(texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the codes of all texts and where each begins."""
    blocks = [encode(texts[at : at + _BLOCK]) for at in range(0, len(texts), _BLOCK)]
    sizes = np.concatenate([np.diff(block.starts) for block in blocks])
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return np.concatenate([block.values for block in blocks]), starts


@numba.njit(cache=True, nogil=True, fastmath=True)
def _learn(order, posts, pieces, learner, desks, how, seed):  # type: ignore[no-untyped-def]
    """Learn from some posts, in order."""
    values, starts, chances = posts
    table, met, layers, slopes, state = learner
    dropped, rate, decay, slow, step = how
    room, shelf = desks
    odds = room[7]
    np.random.seed(seed)
    for at in range(len(order)):
        first, last = starts[order[at]], starts[order[at] + 1]
        size, lead = min(last - first, LEARNT), np.random.randint(STRETCH)
        look_up(values[first : first + size], pieces, dropped, room[0], shelf)
        read(size, lead, table, layers, room)
        for mood in range(len(odds)):
            odds[mood] = 1 / (1 + np.exp(-odds[mood])) - chances[order[at], mood]
        trace(size, lead, layers, slopes, room)
        move(size, lead, table, met, room, rate, decay)
        if (at + 1) % step == 0:
            _adam(state, slow, np.float32(1 / step))


@numba.njit(cache=True, fastmath=True)
def _adam(state, slow, share):  # type: ignore[no-untyped-def]
    """Move the layers by what some posts together ask for, and forget it."""
    flat, slope, mean, square = state
    for at in range(len(flat)):
        asked = slope[at] * share
        mean[at] += np.float32(0.1) * (asked - mean[at])
        square[at] += np.float32(0.001) * (asked * asked - square[at])
        flat[at] -= slow * mean[at] / (np.sqrt(square[at]) + np.float32(1e-6))
        slope[at] = 0
