"""Teaching a model from corrections alone: small changes to what the texts' pieces stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from analysis.corpus import LabelledText, truth
from analysis.freedom import edge, of_rare, unit
from analysis.linear import design
from analysis.moods import MoodModel
from analysis.nets import LARGEST, NUMBERS
from analysis.recipe import LEARNT
from analysis.settle import settled
from analysis.slopes import slopes

Floats = NDArray[np.float64]

#: What moving a piece costs against one corrected post's loss, chosen on affairs that the model
#: had not learnt from: freer pieces cost more elsewhere (``benchmarks/moods_corrections.py``).
STIFFNESS = 0.5


def adapt(
    model: MoodModel, lessons: Sequence[LabelledText], others: Sequence[str] = ()
) -> MoodModel:
    """Return the model with its pieces moved towards what people said of a few texts.

    Maximum a posteriori: logistic regression on what a step of each number does to the
    log-odds, with the present numbers as the centre of a Gaussian prior (Chelba and Acero
    2006). Only pieces of the texts move, new ones too, not what stands in every post; layers,
    thresholds and calibration stay: corrected posts say nothing of how common a mood is.

    Args:
        model: as it is; it is left unchanged.
        lessons: texts, one at least, and all moods that people say they carry, each counting
            once; of a long one the beginning is learnt from.
        others: texts that nobody corrected; what is common there moves little.
    """
    texts = [row.text[:LEARNT] for row in lessons]
    model = replace(model, layers=settled(model.layers, texts))
    matrix = slopes(model, texts)
    moved = np.setdiff1d(matrix.indices, edge(model.layers))
    matrix = matrix[:, moved]
    freedom = np.full(len(moved), unit(matrix, [len(text) + 2 for text in texts]))
    if others:
        common = design(others, given=model.layers.marks).matrix().tocsc()
        freedom *= of_rare(np.diff(common.indptr)[moved // NUMBERS], len(others))
    matrix = sp.csr_matrix(matrix @ sp.diags(freedom))
    change = freedom * _change(matrix, model.odds(texts).ravel(), truth(lessons).ravel())
    table = model.layers.table.astype(np.float64).ravel()
    # Most moves are parts of a step: by chance, so that together they come to what was asked.
    whole = np.floor(change + np.random.default_rng(0).random(len(change)))
    table[moved] = np.clip(table[moved] + whole, -LARGEST, LARGEST)
    layers = replace(model.layers, table=table.astype(np.int8).reshape(-1, NUMBERS))
    notes = {**model.notes, "base": model.version, "lessons": float(len(lessons))}
    return replace(model, version="unsaved", layers=layers, notes=notes)


def _change(matrix: sp.csr_matrix, odds: Floats, labels: NDArray[np.float32]) -> Floats:
    """Return by how much each number moves, in units of its freedom."""
    if not matrix.shape[1]:
        return np.zeros(0)
    from scipy.optimize import minimize

    def cost(change: Floats) -> tuple[float, Floats]:
        lifted = odds + matrix @ change
        loss = np.logaddexp(0, lifted) - labels * lifted
        slope = matrix.T @ (1 / (1 + np.exp(-lifted)) - labels) + STIFFNESS * change
        return float(loss.sum() + STIFFNESS / 2 * change @ change), slope

    found = minimize(cost, np.zeros(matrix.shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(found.x)
