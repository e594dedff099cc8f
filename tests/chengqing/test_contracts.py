"""The commands that others script against."""

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.chengqing.conftest import Run


def test_score_writes_a_line_for_each_line_in_order(run: Run) -> None:
    lines = [{"id": i, "text": text} for i, text in enumerate(["真的假的？", "", "支持[赞]", "😱"])]
    source = "\n".join(json.dumps(line) for line in lines) + "\n"
    result = run("score", stdin=source)
    assert result.exit_code == 0
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["id"] for row in rows] == [0, 1, 2, 3]
    for row in rows:
        assert set(row) == {"id", "anxiety", "doubt", "hostility", "support", "labels"}
        assert all(0 <= row[mood] <= 1 for mood in ("anxiety", "doubt", "hostility", "support"))


def test_score_reports_a_bad_line_by_its_number_and_goes_on(run: Run) -> None:
    Path("in.jsonl").write_bytes(
        b'{"id":1,"text":"a"}\nnot json\n{"id":3}\n{"id":4,"text":"\xff"}\n'
    )
    result = run("score", "-i", "in.jsonl", "-o", "out.jsonl")
    assert result.exit_code == 1
    assert " 2 " in result.stderr
    assert " 3 " in result.stderr
    rows = Path("out.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(row)["id"] for row in rows] == [1, 4]


def _series(values: list[int], start: str = "2026-05-20T{:02d}:{:02d}:00") -> str:
    rows = [f"{start.format(i // 12, i % 12 * 5)},{value}" for i, value in enumerate(values)]
    return "timestamp,value\n" + "\n".join(rows) + "\n"


def test_detect_keeps_timestamps_as_they_came_and_finds_the_burst(run: Run) -> None:
    values = [2, 3, 1, 2] * 30 + [90, 120, 150] + [3] * 20
    Path("a.csv").write_text(_series(values))
    result = run("detect", "a.csv")
    assert result.exit_code == 0
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert len(rows) == len(values)
    assert rows[0]["timestamp"] == "2026-05-20T00:00:00"
    assert any(row["spike"] == "1" for row in rows[120:123])
    assert not any(row["spike"] == "1" for row in rows[:120])


def test_detect_uses_no_later_row(run: Run) -> None:
    values = [2, 3, 1, 2] * 30 + [90, 120] + [500] * 20
    Path("all.csv").write_text(_series(values))
    Path("cut.csv").write_text(_series(values[:122]))
    whole = run("detect", "all.csv").stdout.splitlines()
    cut = run("detect", "cut.csv").stdout.splitlines()
    assert whole[: len(cut)] == cut


@pytest.mark.parametrize(
    "row",
    ["yesterday,1", "2026-05-20T00:00:00,many", "2026-05-20T00:00:00"]
    + [f"{beyond},1" for beyond in ("1747737600000000000", "1e30", "nan", "-inf")],
)
def test_detect_names_the_row_it_cannot_read(run: Run, row: str) -> None:
    Path("a.csv").write_text(f"timestamp,value\n2026-05-19T00:00:00,1\n{row}\n")
    result = run("detect", "a.csv")
    assert result.exit_code == 1
    assert "3" in result.stderr


def _stream(path: Path, rows: list[dict[str, object]]) -> None:
    lines = [{"meta": True, "title": "测试"}, *rows]
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    path.write_text(text + "\n", encoding="utf-8")


def test_import_refuses_rows_without_a_time_and_keeps_them(installed: Run) -> None:
    rows: list[dict[str, object]] = [
        {"id": "a", "time": "2026-05-01T08:00:00+08:00", "text": "獾杯掉渣", "kind": "post"},
        {"id": "b", "text": "没有时间", "kind": "post"},
        {"id": "c", "time": "2099-05-01T08:00:00+08:00", "text": "未来", "kind": "post"},
        {"id": "d", "time": "1970-01-01T08:00:00+08:00", "text": "远古", "kind": "post"},
    ]
    _stream(Path("affair.jsonl"), rows)
    first = installed("import", "affair.jsonl")
    assert first.exit_code == 0
    rejects = Path("affair.jsonl.reject.jsonl").read_text(encoding="utf-8")
    kept = [json.loads(line) for line in rejects.splitlines()]
    assert [row["why"] for row in kept] == ["no_time", "future", "too_old"]
    assert "1" in first.stdout
    again = installed("import", "affair.jsonl")
    assert "0" in again.stdout


def test_import_reads_mention_lines_and_survives_rubbish(installed: Run) -> None:
    good = {
        "platform": "forum", "id": "x/1/2", "kind": "post", "text": "獾杯怎么退？",
        "published": "2026-05-01T08:00:00+08:00", "author": {"id": "7", "name": "老王"},
    }  # fmt: skip
    lines = [json.dumps(good), "{", "[" * 100_000, "[]", json.dumps({"platform": "x"}), '"text"']
    Path("lines.jsonl").write_text("\n".join(lines), encoding="utf-8")
    result = installed("import", "lines.jsonl")
    assert result.exit_code == 0
    assert len(Path("lines.jsonl.reject.jsonl").read_text().splitlines()) == 5
    assert "老王".encode() not in Path("chengqing.db").read_bytes()


def test_import_names_the_fields_that_do_not_fit(installed: Run) -> None:
    line = {"platform": "x", "id": 7, "published": "yesterday", "counts": {"likes": -1}}
    Path("lines.jsonl").write_text(json.dumps(line), encoding="utf-8")
    installed("import", "lines.jsonl")
    told = json.loads(Path("lines.jsonl.reject.jsonl").read_text(encoding="utf-8"))
    assert told["why"] == "wrong_field: id, published, counts.likes"


def test_import_marks_what_is_gone(installed: Run) -> None:
    post = {"platform": "forum", "id": "x/1/2", "kind": "post"}
    said = post | {"text": "獾杯怎么退？", "published": "2026-05-01T08:00:00+08:00"}
    gone = [
        post | {"deleted": "2026-05-02T08:00:00+08:00", "id": number} for number in ("x/1/2", "y")
    ]
    for name, rows in (("said", [said]), ("gone", gone)):
        Path(f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        assert installed("import", f"{name}.jsonl").exit_code == 0
    with closing(sqlite3.connect("chengqing.db")) as database:
        found = database.execute("SELECT text, deleted IS NOT NULL FROM mention").fetchall()
    assert found == [("獾杯怎么退？", 1)]


def test_extract_prints_one_object_and_a_missing_file_is_usage(run: Run) -> None:
    body = "".join(f"<p>第{i}段，公司称已经启动调查，并将于三日内公布结果。</p>" for i in range(9))
    page = (
        f"<html><head><title>公司回应</title></head><body><article>{body}</article></body></html>"
    )
    Path("a.html").write_text(page, encoding="utf-8")
    found = json.loads(run("extract", "a.html", "--url", "https://news.example/a").stdout)
    assert set(found) == {"title", "author", "published", "text", "source"}
    assert "三日内公布结果" in found["text"]
    assert run("extract", "none.html").exit_code == 2


@pytest.mark.parametrize(
    ("address", "language", "said"),
    [
        ("http://127.0.0.1:9/", "zh", "它指向内网地址（127.0.0.1）"),
        ("http://no-such-host.invalid/", "zh", "请检查地址和网络"),
        ("http://127.0.0.1:9/", "en", "it leads to a private address (127.0.0.1)"),
        ("http://a:b@c.example/", "en", "Check the address"),
    ],
)
def test_extract_says_in_the_terminals_language_why_a_page_was_not_read(
    run: Run, monkeypatch: pytest.MonkeyPatch, address: str, language: str, said: str
) -> None:
    monkeypatch.setenv("CHENGQING_LANGUAGE", language)
    result = run("extract", address)
    assert result.exit_code == 6
    assert said in result.output
    assert ("CHENGQING_ALLOW_PRIVATE" in result.output) == ("127.0.0.1" in address)


def test_fetch_gives_the_codes_of_the_contract(run: Run) -> None:
    assert run("fetch", "nokind", "http://x").exit_code == 2
    assert run("fetch", "feed", "http://127.0.0.1:9/rss.xml").exit_code == 6


def _affair(path: str) -> None:
    rows: list[dict[str, object]] = [
        {
            "id": str(i), "time": f"2026-05-01T{8 + i // 60:02d}:{i % 60:02d}:00+08:00",
            "text": f"太吓人了，求真相，第{i}次问", "kind": "post",
        }
        for i in range(150)
    ]  # fmt: skip
    rows.append({"id": "z", "text": "没有时间", "kind": "post"})
    _stream(Path(path), rows)


def test_backtest_prints_the_contract(run: Run) -> None:
    _affair("affair.jsonl")
    result = run("backtest", "affair.jsonl")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["stream"], found["mentions"], found["refused"]) == ("affair", 150, 1)
    assert set(found["moods"]) == {"anxiety", "doubt", "hostility", "support"}
    assert found["incidents"]
    assert found["incidents"][0]["closed"] is not None
    assert {"at", "mood", "score", "why"} <= set(found["incidents"][0]["spikes"][0])
    assert found["alerts"][0]["kind"] == "opened"
    assert found["rule"] == "chengqing"
    assert found["record"]["starts"] == 1
    assert found["record"]["missed"] == 0
    assert 0 < found["record"]["delay_hours"] <= 2
    assert found["record"]["alerts"] == len(found["alerts"])


def test_backtest_runs_any_rule_and_compares_them_all(run: Run) -> None:
    _affair("affair.jsonl")
    found = json.loads(run("backtest", "affair.jsonl", "--rule", "ratio").stdout)
    assert (found["rule"], found["mentions"], found["incidents"]) == ("ratio", 150, [])
    assert [alert["kind"] for alert in found["alerts"]] == ["alarm"]
    assert found["record"]["missed"] == 0
    rows = run("backtest", "--table", ".").stdout.splitlines()
    assert rows[0].count("|") == 7
    assert rows[2].startswith("| affair | 1 | 1 / ")
    assert run("backtest", "affair.jsonl", "--table", ".").exit_code == 2
    assert run("backtest").exit_code == 2


def test_a_file_that_cannot_be_written_or_read_is_one_line(run: Run) -> None:
    unwritable = run("score", "-o", "no/such/folder.jsonl", stdin="")
    assert unwritable.exit_code == 2
    assert "no/such/folder.jsonl" in unwritable.stderr
    Path("bytes.csv").write_bytes(b"\xff\xfe\x00,1\n")
    unreadable = run("detect", "bytes.csv")
    assert unreadable.exit_code == 1
    assert "bytes.csv" in unreadable.stderr


def test_a_wrong_query_of_a_backtest_is_told_in_a_sentence(run: Run) -> None:
    Path("stream.jsonl").write_text("")
    result = run("backtest", "stream.jsonl", "--topic", "(")
    assert result.exit_code == 2
    assert "word_missing" not in result.stderr


def test_what_holds_nothing_to_replay_is_refused(run: Run) -> None:
    Path("notes.txt").write_text("no stream\nat all\n")
    result = run("backtest", "notes.txt")
    assert (result.exit_code, json.loads(result.stdout)["refused"]) == (1, 2)
    assert "notes.txt" in result.stderr
    Path("empty").mkdir()
    result = run("backtest", "--table", "empty")
    assert result.exit_code == 1
    assert "empty" in result.stderr


def test_options_that_would_be_ignored_are_refused(run: Run) -> None:
    Path("beliefs.jsonl").write_text("")
    result = run("train", "--list", "--beliefs", "beliefs.jsonl")
    assert (result.exit_code, "--beliefs" in result.stderr) == (2, True)
    result = run("score", "--again", "-o", "out.jsonl")
    assert (result.exit_code, "--again" in result.stderr) == (2, True)
    for words in (("--list",), ("--use", "shipped"), ("--corrections",)):
        result = run("train", *words, "--corpus", "mistyped")
        assert (result.exit_code, "mistyped" in result.stderr) == (2, True)


@pytest.mark.parametrize(("language", "told"), [("zh", "先运行"), ("en", "first time")])
def test_before_it_is_set_up_a_command_says_so_and_leaves_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch, language: str, told: str
) -> None:
    monkeypatch.setenv("CHENGQING_LANGUAGE", language)
    for words in (("train", "--list"), ("score", "--again"), ("people", "list"), ("doctor",)):
        result = run(*words)
        assert result.exit_code == 1
        assert told in result.stderr + result.stdout
    assert list(Path.cwd().iterdir()) == []
