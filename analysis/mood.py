"""The moods a public shows in a crisis, by name and in their fixed order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mood(StrEnum):
    """焦虑、怀疑、敌对, and their counterweight 支持 (中国商业电讯 2011; corpus guidelines)."""

    ANXIETY = "anxiety"
    DOUBT = "doubt"
    HOSTILITY = "hostility"
    SUPPORT = "support"


MOODS: tuple[Mood, ...] = tuple(Mood)
#: The name of the curve that counts every mention, whatever its mood.
VOLUME = "volume"


@dataclass(frozen=True)
class MoodScores:
    """Calibrated probabilities in [0, 1] of one text, and the moods that pass their threshold."""

    anxiety: float
    doubt: float
    hostility: float
    support: float
    labels: tuple[Mood, ...] = ()
