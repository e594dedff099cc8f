"""The shipped model scores anything, fast or plain, the same."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import fast, sums
from analysis.mood import MOODS, Mood
from analysis.moods import MoodModel
from analysis.text import Codes, encode

ODD = [
    "", " ", "\0", "\0\0\0", "a", "怕", "\ud800", "\udfff\ud800", "😀" * 50, "https://t.cn/A6",
    "\u202e真的", "<script>alert(1)</script>", "<" * 500, "@" * 500, "怕" * 100_000, "混合 ﷽ ɐ",
]  # fmt: skip


@pytest.fixture(scope="module")
def model() -> MoodModel:
    return MoodModel.load()


@pytest.fixture(scope="module")
def adders(model: MoodModel) -> tuple[sums.Sums, sums.Sums]:
    return sums.plain(model.layers), fast.adder(model.layers)


def test_odd_texts_have_defined_scores(model: MoodModel) -> None:
    scores = model.score(ODD)
    assert scores.shape == (len(ODD), 4)
    assert np.isfinite(scores).all()
    assert ((scores >= 0) & (scores <= 1)).all()


def test_no_texts_no_scores(model: MoodModel) -> None:
    assert model.score([]).shape == (0, 4)
    assert model.read([]) == []


@given(st.lists(st.text(st.characters(exclude_categories=()), max_size=600), max_size=5))
def test_fast_and_plain_agree_to_the_last_bit(
    adders: tuple[sums.Sums, sums.Sums], texts: list[str]
) -> None:
    codes = encode([*texts, "真的假的？太可怕了"])
    assert (adders[0](codes) == adders[1](codes)).all()


def test_a_text_scores_the_same_in_any_company(model: MoodModel) -> None:
    texts = ["黑心商家去死", "真的假的？", *ODD]
    together = model.score(texts * 200)
    assert (together[: len(texts)] == model.score(texts)).all()
    assert (together[:1] == model.score(texts[:1])).all()


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("太可怕了，以后谁还敢坐这家的车，好担心孩子", Mood.ANXIETY),
        ("真的假的？有证据吗，求证", Mood.DOUBT),
        ("无良商家，去死吧，必须严惩", Mood.HOSTILITY),
        ("支持你们，加油，点赞", Mood.SUPPORT),
    ],
)
def test_plain_cases_carry_their_mood(model: MoodModel, text: str, mood: Mood) -> None:
    assert mood in model.read([text])[0].labels


def test_labels_follow_thresholds(model: MoodModel) -> None:
    found = model.read(["真的假的？太可怕了，骗子", "你好"])
    for read in found:
        scores = [read.anxiety, read.doubt, read.hostility, read.support]
        passed = tuple(m for m, p in zip(MOODS, scores, strict=True) if p >= model.thresholds[m])
        assert read.labels == passed


def test_scoring_needs_no_learner() -> None:
    code = (
        "import sys; from analysis.moods import MoodModel; MoodModel.load().score(['好']);"
        "sys.exit(any(name in sys.modules for name in ('sklearn', 'scipy', 'numba', 'jieba')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_where_machine_code_cannot_be_kept_scores_are_the_same(model: MoodModel) -> None:
    code = (
        "from analysis.moods import MoodModel; m = MoodModel.load();"
        "print(m.score(['真的假的？'] * 9_000).tolist()[-1])"
    )
    # None of numba's other ways to find a writable folder.
    env = {**os.environ, "NUMBA_CACHE_LOCATOR_CLASSES": "UserProvidedCacheLocator"}
    env.pop("NUMBA_CACHE_DIR", None)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env)
    assert ran.stdout.strip() == str(model.score(["真的假的？"]).tolist()[0]), ran.stderr


def test_machine_code_that_reads_otherwise_or_breaks_is_not_used(
    model: MoodModel, caplog: pytest.LogCaptureFixture
) -> None:
    """As when numba kept code of an older version, or its folder is full or damaged."""

    def otherwise(codes: Codes) -> np.ndarray:
        return np.zeros((len(codes.starts) - 1, 4))

    def broken(codes: Codes) -> np.ndarray:
        raise OSError(27, "File too large")

    assert sums.compiled(model.layers, otherwise) is otherwise
    assert "reads otherwise" in caplog.text
    assert sums.compiled(model.layers, broken) is broken
    assert "File too large" in caplog.text
    plain = sums.plain(model.layers)
    assert sums.compiled(model.layers, plain) is not plain
