"""Folding people's corrections into a new mood model, and letting it take over only if better."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.adapt import adapt
from analysis.corpus import WRITTEN, LabelledText, read_corpus
from analysis.evaluate import Verdict, compare
from analysis.mood import Mood
from analysis.moods import MoodModel
from analysis.train import save
from chengqing.models import operator
from chengqing.wiring import Works
from storage.base import alone
from storage.correction import lessons, uncorrected
from storage.mood_model import LARGEST, MoodModelRow, in_use, use

#: One correction in so many is kept back to judge by; by its text, so that it is always the same.
KEPT_BACK = 5
#: Mentions nobody corrected that show what is common in this team's stream.
OTHERS = 2_000


class TeachError(Exception):
    """There is nothing to teach, or what came of it cannot be kept; ``why`` names a text."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Taught:
    """What came of teaching: the new model's version, the verdict, and how much there was."""

    version: str
    old: str
    verdict: Verdict
    learnt: int
    kept_back: int
    fixed: int


def teach(works: Works, corpus: Path) -> Taught:
    """Adapt the installation's own model to all corrections; put it in use if it beats the present.

    Args:
        works: database, settings and clock.
        corpus: a folder whose ``dev.jsonl``, where there is one, joins the fixed set.

    Raises:
        TeachError: there are no corrections, the model is larger than is kept, or another model
            took over meanwhile, which the new one has not beaten.
        CorpusError: ``dev.jsonl`` is no labelled corpus.
        ModelError: the model in use, or the installation's own, is not whole.
    """
    learnt, kept_back = split(_corrections(works))
    if not learnt:
        raise TeachError("no_corrections")
    with works.database.read() as session:
        ruling, others = in_use(session), uncorrected(session, OTHERS)
    present = works.model
    # A young database shows too little of what is common in the language; the labels stay unread.
    others += [row.text for row in read_corpus(WRITTEN)]
    made, content = _made(adapt(works.models.named(None), learnt, others))
    if len(content) > LARGEST:
        raise TeachError("model_too_large")
    fixed = fixed_set(corpus)
    verdict = compare(made, present, fixed, kept_back)
    if verdict.accepted:
        _install(works, (made, content), verdict, len(learnt), ruling)
    counts = len(learnt), len(kept_back), len(fixed)
    return Taught(made.version, present.version, verdict, *counts)


def _corrections(works: Works) -> list[LabelledText]:
    with works.database.read() as session:
        found = lessons(session)
    return [
        LabelledText(one.text, frozenset(map(Mood, one.moods)), f"topic {one.topic_id}", "team")
        for one in found
    ]


def split(
    rows: Sequence[LabelledText],
) -> tuple[list[LabelledText], list[LabelledText]]:
    """Deal corrections into those to learn from and those to judge by, always the same way."""
    sides: tuple[list[LabelledText], list[LabelledText]] = ([], [])
    for row in rows:
        digest = hashlib.sha256(row.text.encode("utf-8", "surrogatepass")).digest()
        sides[digest[0] % KEPT_BACK == 0].append(row)
    return sides


def fixed_set(corpus: Path) -> list[LabelledText]:
    """Return the posts that every model is judged by: the written ones, and dev where present."""
    dev = corpus / "dev.jsonl"
    return [*read_corpus(WRITTEN), *(read_corpus(dev) if dev.is_file() else ())]


def _made(model: MoodModel) -> tuple[MoodModel, bytes]:
    """Return a model as it will be read, with its version, and its file."""
    with tempfile.TemporaryDirectory(prefix="chengqing-") as folder:
        path = Path(folder) / "moods.npz"
        return save(model, path), path.read_bytes()


def _install(
    works: Works,
    made: tuple[MoodModel, bytes],
    verdict: Verdict,
    learnt: int,
    ruling: str | None,
) -> None:
    """Put a model with its file in use, if the version that it beat is still ``ruling``."""
    (model, content), who, now = made, operator(), works.clock()
    with works.database.begin() as session:
        alone(session)
        if in_use(session) != ruling:
            raise TeachError("model_changed")
        if session.get(MoodModelRow, model.version) is None:
            session.add(
                MoodModelRow(
                    version=model.version,
                    content=content,
                    figures={"new": verdict.new.figures(), "old": verdict.old.figures()},
                    base=str(model.notes["base"]),
                    lessons=learnt,
                    made=now,
                    made_by=who,
                )
            )
            session.flush()
        use(session, model.version, who, now)
