"""Sources and their files."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.limits import delay_of, user_agent
from crawler.source import BadSource, SourceSpec, load_source

GOOD = """
kind = "discuz"
url = "https://bbs.example/forum-7-1.html"
every = 300
cookie_setting = "BBS"
[robots_override]
by = "张三"
reason = "站方书面同意"
at = 2026-05-20T10:00:00+08:00
[promises]
min_mentions = 5
"""


def write(folder: Path, text: str, name: str = "邻里论坛") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_source_is_one_file(tmp_path: Path) -> None:
    spec = load_source(write(tmp_path, GOOD))
    assert (spec.name, spec.kind, spec.every, spec.cookie_setting) == (
        "邻里论坛",
        "discuz",
        300,
        "BBS",
    )
    assert spec.robots_override is not None
    assert spec.robots_override.by == "张三"
    assert spec.promises.min_mentions == 5
    assert SourceSpec.model_validate_json(spec.model_dump_json()) == spec


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("kind = ", "Invalid value"),
        ('kind = "discuz"\nurl = "ftp://a.example/"', "http://"),
        ('kind = "weibo"\nurl = "https://m.weibo.cn"', "search words"),
        ('kind = "gopher"\nurl = "http://a.example/"', "known are"),
        ('kind = "feed"\nurl = "http://a.example/"\ncolour = 1', "colour"),
        ('kind = "feed"\nurl = "http://a.example/"\nallow_private = ["x"]', "allow_private"),
        ('kind = "feed"\nurl = "http://a.example/"\ncookie = "SUB=secret"', "CHENGQING_COOKIE_"),
        (GOOD.replace('reason = "站方书面同意"', 'reason = ""'), "reason"),
        (GOOD.replace("+08:00", ""), "at"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(BadSource, match=why) as caught:
        load_source(write(tmp_path, text))
    assert "SUB=secret" not in str(caught.value)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadSource, match=r"none\.toml"):
        load_source(tmp_path / "none.toml")


def test_the_examples_are_sources() -> None:
    folder = Path(__file__).parents[2] / "crawler" / "sources"
    kinds = {load_source(path).kind for path in folder.glob("*.toml")}
    assert kinds >= {"feed", "discuz", "weibo"}


def test_own_hosts_are_not_slowed_others_are() -> None:
    spec = SourceSpec(name="a", kind="feed", url="http://127.0.0.1:8000/feed")
    assert delay_of(spec) == 1
    assert delay_of(spec.model_copy(update={"allow_private": ("127.0.0.1:8000",)})) == 0
    assert delay_of(spec.model_copy(update={"allow_private": ("127.0.0.1",)})) == 0
    assert delay_of(spec.model_copy(update={"delay": 2.5})) == 2.5


def test_we_say_who_we_are() -> None:
    assert user_agent("0.1.0") == "Chengqing/0.1.0"
    assert user_agent("0.1.0", "pr@a.example") == "Chengqing/0.1.0 (+pr@a.example)"
