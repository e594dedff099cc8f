"""Teaching a model from corrections alone: small changes to the weights that the texts touch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from analysis.corpus import LabelledText, truth
from analysis.linear import design
from analysis.mood import MOODS
from analysis.moods import MoodModel

Floats = NDArray[np.float64]

#: What moving a weight costs against one corrected post's loss, and how much more freely a rare
#: piece moves (the power of its inverse document frequency). Chosen by
#: ``benchmarks/moods_corrections.py`` on affairs that the model had not learnt from: common
#: pieces that move freely cost more elsewhere than they bring.
STIFFNESS, RARITY = 1.0, 1.0


def adapt(
    model: MoodModel, lessons: Sequence[LabelledText], others: Sequence[str] = ()
) -> MoodModel:
    """Return the model with its weights moved towards what people said of a few texts.

    Maximum a posteriori: logistic regression with the present weights as the centre of a
    Gaussian prior (Chelba and Acero 2006). Only pieces of the texts move; biases, thresholds and
    calibration stay, since corrected posts are errors and say nothing of how common a mood is.

    Args:
        model: as it is; it is left unchanged.
        lessons: texts and all moods that people say they carry, each counting once.
        others: texts that nobody corrected; what is common there moves little.
    """
    texts = [row.text for row in lessons]
    bits = len(model.table).bit_length() - 1
    matrix = design(texts, model.pieces, bits).matrix()
    places = np.unique(matrix.indices)
    matrix = matrix[:, places]
    freedom = np.ones(len(places))
    if others:
        common = design(others, model.pieces, bits).matrix()[:, places].tocsc()
        freedom = _freedom(np.diff(common.indptr), len(others))
    matrix = sp.csr_matrix(matrix @ sp.diags(freedom))
    scores = np.clip(model.score(texts), 1e-9, 1 - 1e-9)
    odds, labels = np.log(scores / (1 - scores)), truth(lessons)
    table = model.table.copy()
    for mood in range(len(MOODS)):
        change = freedom * _change(matrix, odds[:, mood], labels[:, mood])
        moved = table[places, mood] + change / model.scale[mood]
        table[places, mood] = np.clip(np.round(moved), -127, 127).astype(np.int8)
    notes = {**model.notes, "base": model.version, "lessons": float(len(lessons))}
    return replace(model, version="unsaved", table=table, notes=notes)


def _freedom(seen: NDArray[np.int32], texts: int) -> Floats:
    """Return how freely each weight moves, by how many other texts hold its piece: 1 for none."""
    rarity = np.log((1 + texts) / (1 + seen)) + 1
    return np.asarray((rarity / (np.log(1 + texts) + 1)) ** RARITY, np.float64)


def _change(matrix: sp.csr_matrix, odds: Floats, labels: NDArray[np.float32]) -> Floats:
    """Return by how much each place's weight of one mood moves, in units of its freedom."""
    from scipy.optimize import minimize

    def cost(change: Floats) -> tuple[float, Floats]:
        lifted = odds + matrix @ change
        loss = np.logaddexp(0, lifted) - labels * lifted
        slope = matrix.T @ (1 / (1 + np.exp(-lifted)) - labels) + STIFFNESS * change
        return float(loss.sum() + STIFFNESS / 2 * change @ change), slope

    found = minimize(cost, np.zeros(matrix.shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(found.x)
