"""Networks that learnt nothing, over the pieces of some texts."""

from dataclasses import replace

import numpy as np

from analysis.features import owners, pieces
from analysis.nets import VOICES, Net, fresh, joined
from analysis.text import encode

TEXTS = [
    "真的假的？太可怕了，骗子",
    "",
    "好",
    "支持你们，加油！" * 9,
    "谁能说清楚到底怎么回事",
    "😀a1",
]


def most_of(bits: int) -> np.ndarray:
    """Places that the pieces of TEXTS own, so that some of them, not all, stand for something."""
    found = np.concatenate([found for _, found in pieces(encode(TEXTS))])
    return owners(*np.unique(found, return_counts=True), bits)


def some_voice(units: int = 5, bits: int = 10, seed: int = 0) -> Net:
    dice = np.random.default_rng(seed)
    net = fresh(most_of(bits), dice, units)
    start = dice.standard_normal(units).astype(np.float32)
    return replace(net, table=net.table * np.float32(10), start=start)


def some_net(units: int = 5, bits: int = 10) -> Net:
    return joined([some_voice(units, bits, seed) for seed in range(VOICES)])
