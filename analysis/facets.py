"""Facets of many short posts: a weighted non-negative factorisation started at telling words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analysis.series import Floats

#: Rounds of the multiplicative update (Lee and Seung 2001); the owners of posts settle in 20.
ROUNDS = 25
#: Similarity of a post to its facet from which on it belongs to it.
CLOSE = 0.25
#: How much of a post a facet explains once it is similar to 0.4: then other seeds are sought.
EXPLAINED = 2.5


@dataclass(frozen=True)
class Facets:
    """What posts are about.

    Attributes:
        centres: words of each facet, rows of unit length, shape (facets, words).
        owner: facet of each post, −1 for none, shape (posts,).
        closeness: similarity of each post to its facet, in [0, 1], shape (posts,).
    """

    centres: Floats
    owner: NDArray[np.int64]
    closeness: Floats


def factor(table: sparse.csr_array, weights: Floats, most: int, seeds: Floats) -> Facets:
    """Factor posts into facets.

    Args:
        table: TF-IDF rows of unit length, shape (posts, words).
        weights: of the posts, shape (posts,).
        most: facets wanted, at most.
        seeds: rows to start from (earlier facets), shape (any, words); the rest starts at
            the words that most posts not yet explained share.
    """
    if not table.shape[0] or not table.shape[1]:
        return Facets(np.zeros((0, table.shape[1])), np.full(table.shape[0], -1), np.zeros(0))
    centres = _start(table, weights, most, seeds) + 1e-4
    loads = np.maximum(table @ centres.T, 1e-6)
    turned = sparse.csr_array(table.T)
    for _ in range(ROUNDS):
        loads *= (table @ centres.T) / (loads @ (centres @ centres.T) + 1e-9)
        heavy = loads * weights[:, None]
        centres *= (turned @ heavy).T / ((heavy.T @ loads) @ centres + 1e-9)
    norms = np.linalg.norm(centres, axis=1)
    centres /= np.maximum(norms, 1e-12)[:, None]
    near = np.asarray(table @ centres.T)
    owner = np.argmax(loads * norms, axis=1)
    closeness = near[np.arange(len(owner)), owner]
    return Facets(centres, np.where(closeness >= CLOSE, owner, -1), closeness)


def _start(table: sparse.csr_array, weights: Floats, most: int, seeds: Floats) -> Floats:
    left = np.ones(table.shape[0])
    columns = sparse.csc_array(table)
    rows: list[Floats] = []
    for number in range(most):
        if number < len(seeds):
            row = seeds[number]
        else:
            pull = np.asarray(table.T @ (left * weights))
            best = int(np.argmax(pull))
            if pull[best] <= 0:
                break
            held = columns.indices[columns.indptr[best] : columns.indptr[best + 1]]
            row = np.asarray(table[held].T @ (left[held] * weights[held]))
        length = float(np.linalg.norm(row))
        if length <= 0:
            continue
        rows.append(row / length)
        left *= np.clip(1 - EXPLAINED * np.asarray(table @ rows[-1]), 0.0, 1.0)
    return np.array(rows).reshape(-1, table.shape[1])
