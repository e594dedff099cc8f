"""Files that posts are scored from and models are learnt from, however odd."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from chengqing.cli import main
from tests.chengqing.conftest import Run


def test_score_skips_a_line_nested_too_deeply_and_goes_on(run: Run) -> None:
    deep = '{"text": "a", "x": ' + "[" * 100_000 + "]" * 100_000 + "}"
    result = run("score", stdin=f'{deep}\n{{"id": 2, "text": "好"}}\n')
    assert (result.exit_code, " 1 " in result.stderr) == (1, True)
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [2]


def test_score_never_writes_over_what_it_reads(run: Run) -> None:
    posts = Path("posts.jsonl")
    posts.write_text('{"id": 1, "text": "好"}\n', encoding="utf-8")
    Path("link.jsonl").symlink_to(posts)
    for target in ("posts.jsonl", "link.jsonl"):
        assert run("score", "-i", "posts.jsonl", "-o", target).exit_code == 2
    assert posts.read_text(encoding="utf-8") == '{"id": 1, "text": "好"}\n'


def test_score_says_how_many_lines_are_of_another_encoding(run: Run) -> None:
    Path("gbk.jsonl").write_bytes('{"text": "太可怕了"}\n{"text": "ok"}\n'.encode("gb18030"))
    result = run("score", "-i", "gbk.jsonl")
    assert len(result.stdout.splitlines()) == 2
    assert " 1 " in result.stderr
    assert "gb18030" in result.stderr
    assert run("score", stdin='{"text": "好"}\n').stderr == ""


def test_score_writes_utf8_whatever_the_terminal_speaks(run: Run) -> None:
    runner = CliRunner(charset="ascii")
    result = runner.invoke(main, ["score", "--why"], input='{"text": "好😀"}\n'.encode())
    assert "好" in json.loads(result.stdout_bytes.decode())["why"]["support"]


def test_a_full_disk_is_one_line(run: Run) -> None:
    result = run("score", "-o", "/dev/full", stdin='{"text": "好"}\n')
    assert (result.exit_code, result.stderr) == (2, "No space left on device\n")


@pytest.mark.parametrize(
    ("corpus", "where"),
    [
        ('{"text": "好", "moods": []}\n{"text": "坏了"}\n'.encode("gb18030"), "第 1 行"),
        (b'{"text": "a", "moods": []}\n' + b"[" * 100_000, "第 2 行"),
    ],
)
def test_a_corpus_that_cannot_be_read_is_one_line(run: Run, corpus: bytes, where: str) -> None:
    Path("train.jsonl").write_bytes(corpus)
    result = run("train", "-o", "model.npz", "--corpus", ".")
    assert result.exit_code == 1
    assert where in result.stderr
    assert not Path("model.npz").exists()


def test_a_model_replaces_nothing_but_a_file(run: Run) -> None:
    Path("train.jsonl").write_text('{"text": "a", "moods": []}\n', encoding="utf-8")
    os.mkfifo("pipe")
    assert run("train", "-o", "pipe", "--corpus", ".").exit_code == 2
    assert Path("pipe").is_fifo()


def test_a_corpus_with_a_byte_order_mark_is_learnt_from(run: Run) -> None:
    rows = [{"text": f"好{n}", "moods": ["support"] * (n % 2), "topic": str(n)} for n in range(9)]
    content = "\r\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    Path("train.jsonl").write_bytes(b"\xef\xbb\xbf" + content.encode())
    assert run("train", "-o", "model.npz", "--corpus", ".").exit_code == 0
    assert Path("model.npz").is_file()
