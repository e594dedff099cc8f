"""The choices of a training run, measured in docs/moods.md."""

from __future__ import annotations

from dataclasses import dataclass, field

#: Longest part of a post that is learnt from, in characters.
LEARNT = 400


@dataclass(frozen=True)
class School:
    """How a network is taught.

    Attributes:
        rounds: over all posts.
        rate, slow: of what pieces stand for (AdaGrad), and of the layers (Adam); both fall to 0.
        decay: of what pieces stand for.
        dropped: share of the pieces that a post loses each time it is read.
        step: posts that move the layers together.
        seed: of all chance.
    """

    rounds: int = 3
    rate: float = 0.07
    slow: float = 1e-3
    decay: float = 1e-5
    dropped: float = 0.1
    step: int = 32
    seed: int = 0


@dataclass(frozen=True)
class Recipe:
    """The choices of a training run.

    Attributes:
        bits: the table has ``2 ** bits`` places.
        strength: how much a post's loss weighs against the penalty (C of scikit-learn).
        school: how a network is taught, where beliefs of many posts speak too.
        folds: topics are dealt over so many parts for calibration, where it needs them.
        enough: of fewer unseen posts calibration would be all chance.
    """

    bits: int = 18
    strength: float = 0.17
    school: School = field(default_factory=School)
    folds: int = 3
    enough: int = 500
