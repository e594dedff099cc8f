"""What reads texts: machine code where numba is installed, else NumPy."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable

from analysis.layers import Floats, Layers
from analysis.plainly import plain
from analysis.text import Codes

__all__ = ["Sums", "adder", "plain"]

#: Reads texts: their log-odds less the bias, shape (texts, moods).
Sums = Callable[[Codes], Floats]

#: Machine code is fetched once so many texts were read: loading numba takes about a second.
_WORTH_IT = 4_000


def adder(layers: Layers) -> Sums:
    """Return what reads with these layers; it moves to machine code when there is much to read.

    Both kinds use whole numbers, so they agree to the last bit.
    """
    slow = plain(layers)
    if importlib.util.find_spec("numba") is None or sys.byteorder != "little":
        return slow
    state: dict[str, Sums] = {}
    seen = 0

    def add(codes: Codes) -> Floats:
        nonlocal seen
        if "fast" in state:
            return state["fast"](codes)
        seen += len(codes.starts) - 1
        if seen >= _WORTH_IT or "numba" in sys.modules:
            state["fast"] = _fast(layers) or slow
        return state.get("fast", slow)(codes)

    return add


def _fast(layers: Layers) -> Sums | None:
    """Load the compiled adder; None where numba finds no folder to keep it in."""
    try:
        from analysis import fast
    except RuntimeError:
        # An installation that may not be written, run by someone without a home.
        return None
    return fast.adder(layers)
