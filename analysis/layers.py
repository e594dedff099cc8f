"""The mood model's network in whole numbers, so that every machine reads alike to the last bit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from analysis.nets import LARGEST, NUMBERS, STRETCH, VOICES, WIDE, Net
from analysis.text import LONGEST

Floats = NDArray[np.float64]
_Some = TypeVar("_Some", bound=np.generic)

#: Parts of a step: of what the whole post says to a unit, and of one over the square root of its
#: length. With them no sum leaves the 53 bits in which a float is exact.
CONTEXT_PARTS, LENGTH_PARTS = 1 << 6, 1 << 15
#: What the whole post says to a unit is cut here, so that a float holds what a stretch adds.
MOST = 1 << 21
#: A unit's value is cut here, so that its sum over 334 stretches is exact in the 24 bits of a
#: small float: one value in ten thousand of shipped units.
LOUDEST = (1 << 24) // -(-(LONGEST + 2) // STRETCH)
#: One over the square root of each length, in parts.
LENGTHS = np.round(LENGTH_PARTS / np.sqrt(np.maximum(np.arange(LONGEST + 3), 1)))


@dataclass(frozen=True, eq=False)
class Layers:
    """``analysis.nets.Net`` rounded.

    Attributes:
        marks: uint8 (places,).
        table: int8 (places, NUMBERS).
        hidden: int8 (WIDE, units): the first half of the units reads the first voice's numbers.
        context: int16 (WIDE, units), in ``CONTEXT_PARTS``.
        start: int32 (units,).
        heads: int16 (NUMBERS + 2 * units, moods): of the whole post, the sum and the peak of units.
        scale: float64 (3, moods), what one step of each of these three is worth.
    """

    marks: NDArray[np.uint8]
    table: NDArray[np.int8]
    hidden: NDArray[np.int8]
    context: NDArray[np.int16]
    start: NDArray[np.int32]
    heads: NDArray[np.int16]
    scale: Floats


def rounded(net: Net) -> Layers:
    """Round a network: bytes for pieces and units, the largest of each column kept whole."""
    step = _largest(net.table) / LARGEST
    steps = np.repeat(step.reshape(VOICES, WIDE).T, net.hidden.shape[1] // VOICES, axis=1)
    hidden = net.hidden * steps
    unit = _largest(hidden) / 127
    context = np.round(net.context * steps / unit * CONTEXT_PARTS)
    heads, scale = _heads(
        net.straight * step[:, None], net.total * unit[:, None], net.peak * unit[:, None]
    )
    return Layers(
        marks=net.marks,
        table=np.round(net.table / step).astype(np.int8),
        hidden=np.round(hidden / unit).astype(np.int8),
        context=np.clip(context, -32767, 32767).astype(np.int16),
        start=np.clip(np.round(net.start / unit), -MOST, MOST).astype(np.int32),
        heads=heads,
        scale=scale,
    )


def mixed(layers: Layers, weights: Floats) -> Layers:
    """Return layers whose moods take of each other's log-odds, by ``weights`` (moods, moods)."""
    parts = np.split(layers.heads, [NUMBERS, NUMBERS + len(layers.start)])
    heads, scale = _heads(
        *((part * one) @ weights.T for part, one in zip(parts, layers.scale, strict=True))
    )
    return replace(layers, heads=heads, scale=scale)


def _heads(*parts: Floats) -> tuple[NDArray[np.int16], Floats]:
    """Return the three parts of heads as whole numbers, and what a step of each is worth."""
    scale = np.array([_largest(part) / 32767 for part in parts])
    whole = [np.round(part / one) for part, one in zip(parts, scale, strict=True)]
    return np.concatenate(whole).astype(np.int16), scale


def apart(values: NDArray[_Some]) -> NDArray[_Some]:
    """Return shape (NUMBERS, units) of (WIDE, units): nothing where a voice hears another."""
    units = values.shape[1] // VOICES
    wide = np.zeros((NUMBERS, values.shape[1]), values.dtype)
    for voice in range(VOICES):
        mine = slice(voice * units, (voice + 1) * units)
        wide[voice * WIDE : (voice + 1) * WIDE, mine] = values[:, mine]
    return wide


def heard(layers: Layers, whole: Floats, sizes: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return what the whole of each text says to each unit, whole numbers.

    Args:
        layers: that read.
        whole: (texts, NUMBERS), the sums of each text.
        sizes: (texts,), in characters.

    Returns:
        Shape (texts, units).
    """
    said = whole @ apart(layers.context.astype(np.float64))
    said *= LENGTHS[sizes][:, None] / (CONTEXT_PARTS * LENGTH_PARTS)
    np.floor(said, out=said)
    # What a small float cannot hold is cut anyway.
    steps = said.astype(np.float32)
    steps += layers.start.astype(np.float32)
    return np.clip(steps, np.float32(-MOST), np.float32(MOST), out=steps)


def odds(
    layers: Layers, whole: Floats, total: Floats, peak: Floats, sizes: NDArray[np.int64]
) -> Floats:
    """Return log-odds less the bias, shape (texts, moods), of texts of so many characters.

    Args:
        layers: that read.
        whole: (texts, NUMBERS), the sums of each text.
        total: (texts, units), the sum of each unit over a text.
        peak: (texts, units), its highest value.
        sizes: (texts,).
    """
    heads, units = layers.heads.astype(np.float64), len(layers.start)
    straight, summed, highest = np.split(heads, [NUMBERS, NUMBERS + units])
    long, many = np.sqrt(sizes)[:, None], np.sqrt(-(-sizes // STRETCH))[:, None]
    # The parts are whole numbers and exact; what follows is done in the same order everywhere.
    found: Floats = (whole @ straight) * layers.scale[0] / long
    found += (total @ summed) * layers.scale[1] / many
    found += (peak @ highest) * layers.scale[2]
    return found


def _largest(values: NDArray[np.float32] | Floats) -> Floats:
    """Return the largest of each column, never zero."""
    return np.asarray(np.abs(values).max(axis=0, initial=1e-9), np.float64)
