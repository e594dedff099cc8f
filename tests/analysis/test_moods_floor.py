"""The shipped model keeps what it once reached."""

import tomllib
from pathlib import Path

import pytest

from analysis.corpus import WRITTEN, read_corpus
from analysis.evaluate import Evaluation, evaluate
from analysis.mood import MOODS
from analysis.moods import MoodModel

HERE = Path(__file__).parent
FLOORS = tomllib.loads((HERE / "floors.toml").read_text("utf-8"))
#: Largest expected calibration error that is still called calibrated.
CALIBRATED = 0.05


def judged(path: Path) -> Evaluation:
    return evaluate(MoodModel.load(), list(read_corpus(path)))


@pytest.fixture(scope="module")
def written() -> Evaluation:
    return judged(WRITTEN)


@pytest.fixture
def dev(testdata: Path) -> Evaluation:
    return judged(testdata / "corpus" / "dev.jsonl")


def test_the_written_set_is_large_and_mixed() -> None:
    rows = list(read_corpus(WRITTEN))
    assert len(rows) >= 300
    assert len({row.text for row in rows}) == len(rows)


def test_written_set_stays_above_its_floors(written: Evaluation) -> None:
    low = {m: written.f1[m] for m in MOODS if written.f1[m] < FLOORS["written"][m]}
    assert not low


def test_dev_stays_above_its_floors(dev: Evaluation) -> None:
    low = {mood: dev.f1[mood] for mood in MOODS if dev.f1[mood] < FLOORS["dev"][mood]}
    assert not low


def test_dev_is_calibrated(dev: Evaluation) -> None:
    assert max(dev.calibration.values()) <= CALIBRATED
