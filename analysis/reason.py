"""Why something was decided, as data: a key of the catalogue and its values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reason:
    """A sentence still to be said.

    Attributes:
        key: catalogue key, ``signals.<name>`` for everything in this room.
        values: what fills its placeholders; JSON-able (str, int, float, list of str).
    """

    key: str
    values: Mapping[str, object] = field(default_factory=dict)
