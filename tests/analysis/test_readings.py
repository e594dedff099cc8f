"""Posts that are dealt to readers come back as chances, by a hash of their letters."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.beliefs import read_beliefs
from benchmarks.moods_posts import OTHERS, UNLABELLED, Corpus, tidy
from benchmarks.moods_readings import (
    agreed,
    deal,
    gathered,
    kept,
    key,
    levelled,
    meaning,
    tell,
    unread,
)

POSTS = [f"第{n}家店的面包,是不是真的加了东西@某人 https://a.cn/{n}" for n in range(24)]


def expect(posts: Sequence[str]) -> np.ndarray:
    return np.full((len(posts), 4), 0.2)


@pytest.fixture
def dealt(tmp_path: Path) -> Path:
    labelled = {"text": POSTS[0], "moods": [], "source": "x"}
    for name in ("train", "dev"):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(labelled) + "\n")
    for name, posts in zip(UNLABELLED, (POSTS, ["长" * 200]), strict=True):
        (tmp_path / name).write_bytes(gzip.compress("\n".join(posts).encode()))
    (tmp_path / "aux").mkdir()
    for name in OTHERS:
        (tmp_path / "aux" / f"{name}.jsonl.gz").write_bytes(gzip.compress(b""))
    left = unread(Corpus(tmp_path), {key(POSTS[1])})
    left = [text for text in left if text in POSTS]
    deal(left, np.full((len(left), 4), 0.4), tmp_path / "chunks", 12)
    return tmp_path / "chunks"


def test_what_is_dealt_is_gathered(dealt: Path) -> None:
    assert sorted(path.name for path in dealt.iterdir()) == ["0000.txt", "0001.txt"]
    (dealt / "0000.ans").write_text("0: - A D H S DH s h - -\n1: - Dh\n")
    (dealt / "0001.ans").write_text("0: - - - - - - - - - A\n")
    found = agreed(dealt, expect)
    # Neither the labelled post, nor the one read already, nor the long one was dealt.
    assert set(found) == {key(text) for text in POSTS[2:]}
    lines = (dealt / "0000.txt").read_text().splitlines()
    assert lines[0] == "== 0"
    assert lines[2].startswith("1 第")
    assert "https" not in lines[2]
    second = found[key(lines[2][2:])]
    assert second[0] > 85
    assert max(second[1:]) < 5


def test_a_block_that_was_miscounted_is_left_out(
    dealt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (dealt / "0000.ans").write_text("0: - - -\nwhat\n1: A H\n")
    assert [len(posts) for posts, _ in gathered(dealt)] == [2]
    assert capsys.readouterr().out == "0000.ans: block 0: 3 cells do not fit\n"


@given(st.text(alphabet="@用户 ab，", max_size=90))
def test_a_post_keeps_its_key_when_it_is_dealt(text: str) -> None:
    assert key(tidy(text)) == key(text)


def test_parts_of_posts_are_dealt_and_told_too(dealt: Path, tmp_path: Path) -> None:
    corpus = Corpus(tmp_path)
    parts = unread(corpus, set(), 1)
    assert parts
    whole = {key(text) for text in POSTS}
    assert not whole & {key(text) for text in parts}
    assert unread(corpus, {key(text) for text in parts}, 1) == []
    read = {key(text): [0.1, 0.2, 0.3, 0.4] for text in parts}
    told = sum(not kept(name) for name in read)
    assert tell(corpus, read, tmp_path / "beliefs.jsonl") == told > 0


def test_two_readings_of_a_post_count_as_their_mean(dealt: Path) -> None:
    lines = (dealt / "0000.txt").read_text().splitlines()
    (dealt / "0000.ans").write_text("0: - A D H S DH s h - -\n")
    (dealt / "0002.txt").write_text("\n".join(["== 0", f"0 {lines[2][2:]}"]) + "\n")
    (dealt / "0002.ans").write_text("0: -\n")
    found = agreed(dealt, expect)
    assert len(found) == 10
    assert 40 < found[key(lines[2][2:])][0] < 55


def test_who_writes_many_small_letters_means_less_by_each() -> None:
    few, many = meaning(["h", *["-"] * 19]), meaning(["h"] * 10 + ["-"] * 9 + ["H"])
    assert few[0][2] > 20 > many[0][2] > few[1][2]
    assert many[-1][2] < meaning(["H", *["-"] * 19])[0][2]
    assert meaning([]) == []


def test_what_was_read_is_told_but_for_what_is_kept(dealt: Path, tmp_path: Path) -> None:
    (dealt / "0000.ans").write_text("0: - A D H S DH s h - -\n1: - Dh\n")
    read = {name: [one / 100 for one in told] for name, told in agreed(dealt, expect).items()}
    held = next(f"{n}号店呢" for n in range(999) if kept(key(f"{n}号店呢")))
    with gzip.open(tmp_path / UNLABELLED[1], "at") as lines:
        lines.write(f"\n{held}\n")
    read[key(held)] = [1.0, 0, 0, 0]
    labelled = {key(POSTS[0]): [0.0, 1.0, 0, 0]}
    count = tell(Corpus(tmp_path), read | labelled, tmp_path / "beliefs.jsonl")
    found = {key(row.text): row.chances for row in read_beliefs(tmp_path / "beliefs.jsonl")}
    assert found == {name: tuple(told) for name, told in read.items() if not kept(name)}
    assert len(read) - 3 < len(found) == count < len(read)


def test_a_chunk_that_gives_a_mood_too_freely_means_less_by_it() -> None:
    dice = np.random.default_rng(0)
    usual = np.where(dice.random((400, 4)) < 0.2, 0.87, 0.01)
    free = np.where(dice.random((400, 4)) < [0.4, 0.2, 0.2, 0.2], 0.87, 0.01)
    short = free[:50]
    expected = [np.full(one.shape, 0.18) for one in (usual, free, short)]
    after = levelled([usual, free, short], expected)
    assert after[1][:, 0].max() < 0.82 < 0.85 < after[1][:, 1:].max()
    assert free[:, 0].mean() > after[1][:, 0].mean() > usual[:, 0].mean()
    assert (after[2] == short).all(), "too few to tell drift from chance"


def test_nothing_answered_and_blocks_that_were_never_dealt_gather_nothing(dealt: Path) -> None:
    assert agreed(dealt, expect) == {}
    (dealt / "0000.ans").write_text("7: A H\n")
    assert agreed(dealt, expect) == {}
    told = [np.full((400, 4), one) for one in (0.9, 0.3)]
    assert levelled(told, [np.full((400, 4), one) for one in (0.999, 0.05)])[0].max() < 1
