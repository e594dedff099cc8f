"""What reads texts: machine code where numba is installed, else NumPy."""

from __future__ import annotations

import importlib.util
import logging
import sys
from collections.abc import Callable

from analysis.layers import Floats, Layers
from analysis.portable import plain
from analysis.text import Codes, encode

__all__ = ["Sums", "adder", "plain"]

#: Reads texts: their log-odds less the bias, shape (texts, moods).
Sums = Callable[[Codes], Floats]

log = logging.getLogger(__name__)

#: Posts that tell whether machine code is as it should be.
_PROOF = ["", "好", "真的假的？太可怕了，骗子", "支持你们，加油！" * 40, "abc 123 😀"]
_MEND = "posts are scored rightly, if slower; delete *.nbi and *.nbc in analysis/__pycache__ or in"
_MEND += " NUMBA_CACHE_DIR, make room on the disk, or install numba again"
#: Machine code is fetched once so many texts were read: loading numba takes about a second.
_WORTH_IT = 4_000


def adder(layers: Layers) -> Sums:
    """Return what reads with these layers; it moves to machine code when there is much to read.

    Both kinds use whole numbers, so they give the same numbers.
    """
    slow = plain(layers)
    if importlib.util.find_spec("numba") is None:
        return slow
    state: dict[str, Sums] = {}
    seen = 0

    def add(codes: Codes) -> Floats:
        nonlocal seen
        if "fast" in state:
            return state["fast"](codes)
        seen += len(codes.starts) - 1
        if seen >= _WORTH_IT or "numba" in sys.modules:
            state["fast"] = compiled(layers, slow)
        return state.get("fast", slow)(codes)

    return add


def compiled(layers: Layers, slow: Sums) -> Sums:
    """Return the compiled reader where it works and says the same as ``slow``, else that.

    Numba may be there and not load, find no folder for what it compiles, or a full or damaged one,
    or keep machine code of an older version: it looks only at the file that a function is in.
    """
    try:
        from analysis import fast

        add, proof = fast.adder(layers), encode(_PROOF)
        if (add(proof) == slow(proof)).all():
            return add
        log.warning("machine code reads otherwise than NumPy, which reads instead; %s", _MEND)
    except Exception as error:
        log.warning("machine code cannot be used, NumPy reads instead (%r); %s", error, _MEND)
    return slow
