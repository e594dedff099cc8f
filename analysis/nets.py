"""The small network of the mood model, in floats, as training makes it.

What a post's pieces stand for is added up over stretches of ``STRETCH`` characters, ``g``, and over
the whole post, ``t``, of ``n`` characters and ``k`` stretches. Then::

    h    = max(0, start + t / sqrt(n) @ context + g @ hidden)          one row a stretch
    odds = bias + t / sqrt(n) @ straight + sum(h) / sqrt(k) @ total + max(h) @ peak

So a stretch is read in the light of its post, and what a few characters say together can count:
a sum over the whole post cannot tell 不怕 beside 死 from the two far apart.

The model is two such networks, its voices, that learnt alike but for chance; its log-odds are the
mean of theirs (docs/decisions/0014). Their numbers stand side by side, those of a place in one row,
and the first half of the units belongs to the first voice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.features import Marks
from analysis.mood import MOODS

Floats = NDArray[np.float32]

#: Characters of a stretch; of each voice the numbers a piece stands for, and the hidden units
#: (docs/moods.md). Numba keeps machine code until the file it stands in changes: whoever changes a
#: constant here, in ``layers``, ``packed`` or ``features``, or ``units``, empties ``__pycache__``
#: (``sums`` notices what reads wrongly and does without; teaching does not) and changes
#: ``fast.py`` besides.
STRETCH, WIDE, UNITS = 6, 8, 32
#: Voices of a model, and the numbers a piece stands for in all of them.
VOICES = 2
NUMBERS = VOICES * WIDE
#: Largest number of a place: so the three pieces that end at a character fit in seven bits.
LARGEST = 21


@dataclass(frozen=True)
class Net:
    """What one voice learnt, or all of them together.

    Attributes:
        marks: (places,), of the pieces that own the places; others stand for nothing.
        table: (places, numbers), what each of these pieces stands for: WIDE numbers a voice.
        hidden, context: (WIDE, units).
        start: (units,).
        straight: (numbers, moods).
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


def joined(voices: Sequence[Net]) -> Net:
    """Return as one what ``VOICES`` networks over the same places say in the mean."""
    share = np.float32(1 / len(voices))
    beside = {
        name: np.concatenate([getattr(one, name) for one in voices], axis=-1)
        for name in ("table", "hidden", "context", "start")
    }
    heads = {
        name: share * np.concatenate([getattr(one, name) for one in voices])
        for name in ("straight", "total", "peak")
    }
    bias = share * np.sum([one.bias for one in voices], axis=0)
    return Net(marks=voices[0].marks, bias=bias, **beside, **heads)


def of_linear(marks: Marks, weights: Floats, bias: Floats) -> Net:
    """Return the network without hidden units that says what a linear model says.

    Args:
        marks: (places,).
        weights: (places, moods).
        bias: (moods,).
    """
    # Numbers of places are coarse: others hold what the first leave, the rest nothing.
    step = np.maximum(np.abs(weights).max(axis=0), np.float32(1e-9)) / LARGEST
    coarse = np.round(weights / step) * step
    table = np.zeros((len(weights), NUMBERS), np.float32)
    moods = len(MOODS)
    table[:, :moods], table[:, moods : 2 * moods] = coarse, weights - coarse
    none = np.zeros((WIDE, 0), np.float32)
    heads = np.zeros((0, moods), np.float32)
    straight = np.tile(np.eye(moods, dtype=np.float32), (NUMBERS // moods, 1))
    return Net(marks, table, none, none, none[0], straight, heads, heads, bias)


def fresh(marks: Marks, dice: np.random.Generator, units: int = UNITS) -> Net:
    """Return a voice that has learnt nothing."""

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
