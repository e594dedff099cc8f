"""The mood model at work: from Python strings to calibrated probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis import modelfile, sums
from analysis.layers import Layers
from analysis.modelfile import ModelError
from analysis.mood import MOODS, Mood, MoodScores
from analysis.text import encode

__all__ = ["ModelError", "MoodModel"]

Scores = NDArray[np.float64]
#: Texts scored at once: enough to hide Python, few enough to stay in the cache.
BATCH = 1_024


@dataclass(frozen=True, eq=False)
class MoodModel:
    """A small network over hashed character pieces, calibrated per mood.

    Attributes:
        version: names the model in stored scores; derived from its content.
        layers: the network, in whole numbers.
        bias: float64 (4,), added to all log-odds.
        thresholds: per mood, the probability from which a post carries it.
        prevalence: float64 (4,), each mood's share where the scores were calibrated.
        scatter: float64 (4,), how far shares of unseen topics lie off beyond sampling.
        notes: how it was made, JSON-able.
    """

    version: str
    layers: Layers
    bias: Scores
    thresholds: dict[Mood, float]
    prevalence: Scores
    scatter: Scores
    notes: dict[str, object] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path | None = None) -> MoodModel:
        """Read a model file; without ``path`` the one that is shipped.

        Raises:
            ModelError: the file is missing, truncated, of another format or was changed.
        """
        return cls(**modelfile.read(path or modelfile.SHIPPED))

    def score(self, texts: Sequence[str]) -> Scores:
        """Return probabilities in [0, 1], shape (texts, 4), in the order of ``MOODS``.

        Any string is defined: empty, huge, only links, lone surrogates.
        """
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(self.odds(texts), -30.0, 30.0))))

    def odds(self, texts: Sequence[str]) -> Scores:
        """Return log-odds, shape (texts, 4)."""
        parts = [self._batch(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
        return np.concatenate([np.zeros((0, len(MOODS))), *parts])

    def read(self, texts: Sequence[str]) -> list[MoodScores]:
        """Return each text's probabilities and the moods that pass their thresholds."""
        scores = self.score(texts)
        passed = scores >= np.array([self.thresholds[mood] for mood in MOODS])
        return [
            MoodScores(row[0], row[1], row[2], row[3], tuple(m for m, yes in hits if yes))
            for row, hits in zip(
                scores.tolist(), (list(zip(MOODS, row, strict=True)) for row in passed), strict=True
            )
        ]

    @cached_property
    def sums(self) -> sums.Sums:
        """The fastest reader that this machine has, bound to these layers."""
        return sums.adder(self.layers)

    def _batch(self, texts: Sequence[str]) -> Scores:
        """Return log-odds of one batch."""
        return self.sums(encode(texts)) + self.bias
