"""The small network of the mood model, in floats, as training makes it.

What a post's pieces stand for is added up over stretches of ``STRETCH`` characters, ``g``, and over
the whole post, ``t``, of ``n`` characters and ``k`` stretches. Then::

    h    = max(0, start + t / sqrt(n) @ context + g @ hidden)          one row a stretch
    odds = bias + t / sqrt(n) @ straight + sum(h) / sqrt(k) @ total + max(h) @ peak

So a stretch is read in the light of its post, and what a few characters say together can count:
a sum over the whole post cannot tell 不怕 beside 死 from the two far apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.features import Marks
from analysis.mood import MOODS

Floats = NDArray[np.float32]

#: Characters of a stretch, numbers a piece stands for, and hidden units (docs/moods.md). Numba
#: keeps machine code until the file it stands in changes: whoever changes a constant here, in
#: ``layers``, ``packed`` or ``features`` empties ``__pycache__``, and changes ``fast.py`` besides.
STRETCH, WIDE, UNITS = 6, 8, 32
#: Largest number of a place: so the three pieces that end at a character fit in seven bits.
LARGEST = 21


@dataclass(frozen=True)
class Net:
    """What was learnt.

    Attributes:
        marks: (places,), of the pieces that own the places; others stand for nothing.
        table: (places, WIDE), what each of these pieces stands for.
        hidden, context: (WIDE, units).
        start: (units,).
        straight: (WIDE, moods).
        total, peak: (units, moods).
        bias: (moods,).
    """

    marks: Marks
    table: Floats
    hidden: Floats
    context: Floats
    start: Floats
    straight: Floats
    total: Floats
    peak: Floats
    bias: Floats


def of_linear(marks: Marks, weights: Floats, bias: Floats) -> Net:
    """Return the network without hidden units that says what a linear model says.

    Args:
        marks: (places,).
        weights: (places, moods).
        bias: (moods,).
    """
    # Numbers of places are coarse: half of the numbers hold what the others leave.
    step = np.maximum(np.abs(weights).max(axis=0), np.float32(1e-9)) / LARGEST
    coarse = np.round(weights / step) * step
    table = np.concatenate([coarse, weights - coarse], axis=1).astype(np.float32)
    none = np.zeros((WIDE, 0), np.float32)
    heads = np.zeros((0, len(MOODS)), np.float32)
    straight = np.tile(np.eye(len(MOODS), dtype=np.float32), (2, 1))
    return Net(marks, table, none, none, none[0], straight, heads, heads, bias)


def fresh(marks: Marks, dice: np.random.Generator, units: int = UNITS) -> Net:
    """Return a network that has learnt nothing."""

    def drawn(size: tuple[int, ...], spread: float) -> Floats:
        return (dice.standard_normal(size, np.float32) * np.float32(spread)).astype(np.float32)

    moods = len(MOODS)
    return Net(
        marks=marks,
        table=drawn((len(marks), WIDE), 0.05),
        hidden=drawn((WIDE, units), WIDE**-0.5),
        context=drawn((WIDE, units), 0.1 * WIDE**-0.5),
        start=np.zeros(units, np.float32),
        straight=drawn((WIDE, moods), 0.3),
        total=drawn((units, moods), 0.1),
        peak=drawn((units, moods), 0.1),
        bias=np.full(moods, -2, np.float32),
    )
