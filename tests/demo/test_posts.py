from __future__ import annotations

import json
import re
from collections import Counter
from datetime import timedelta
from pathlib import Path
from shutil import copytree

import pytest

from chengqing.demo import posts
from chengqing.demo.posts import PHASES, Script, ScriptError, load, offset


def test_many_posts_by_many_voices(script: Script) -> None:
    said = [post for post in script.posts if post.lacks is None]
    assert len(said) >= 320
    assert len({(post.platform, post.author.name) for post in said}) >= 150


def test_reading_twice_gives_the_same(script: Script) -> None:
    assert load() == script


def test_texts_are_written_not_multiplied(script: Script) -> None:
    texts = Counter(post.text for post in script.posts)
    assert max(texts.values()) <= 3
    assert sum(1 for times in texts.values() if times > 1) <= 5


def test_lengths_and_registers_vary(script: Script) -> None:
    lengths = [len(post.text) for post in script.posts if post.platform != "news"]
    assert min(lengths) < 12
    assert max(lengths) > 140
    whole = "".join(post.text for post in script.posts)
    for mark in ("？", "！", "😭", "[怒]", "#抵制云朵獾#", "俺", "@"):
        assert mark in whole


def test_every_phase_speaks_on_weibo_and_in_the_forum(script: Script) -> None:
    for platform in ("weibo", "forum"):
        spoken = {post.phase for post in script.posts if post.platform == platform}
        assert spoken == set(PHASES)


def test_phases_follow_each_other(script: Script) -> None:
    middles = []
    for phase in PHASES[:-1]:
        times = sorted(post.at for post in script.posts if post.phase == phase)
        middles.append(times[len(times) // 2])
    assert middles == sorted(middles)


def test_baseline_is_before_and_calm(script: Script) -> None:
    before = [post for post in script.posts if post.phase == "baseline"]
    assert all(timedelta(hours=-48) <= post.at < timedelta() for post in before)
    assert 40 <= len(before) <= 96


def test_an_answer_comes_after_what_it_answers(script: Script) -> None:
    by_number = {post.number: post for post in script.posts}
    for post in script.posts:
        for link in (post.parent, post.repost_of):
            if link is not None:
                original = by_number[link]
                assert original.platform == post.platform, post
                assert (original.phase == "turn") == (post.phase == "turn"), post
                assert original.at < post.at, post
                assert original.thread == post.thread, post


def test_most_answers_do_not_name_the_brand(script: Script) -> None:
    answers = [post for post in script.posts if post.parent]
    silent = [post for post in answers if not re.search("云朵獾|獾杯|云獾", post.text)]
    assert len(silent) > len(answers) * 0.7


def test_each_public_question_is_asked_often(script: Script) -> None:
    asked = Counter(post.concern for post in script.posts if post.concern)
    assert len(asked) >= 6
    assert min(asked.values()) >= 8


def test_media_light_it_after_people_and_news_after_them(script: Script) -> None:
    crisis = [post for post in script.posts if post.phase not in ("baseline", "turn")]
    people = min(post.at for post in crisis if post.author.kind == "person")
    media = min(post.at for post in crisis if post.author.kind == "media")
    named = [post for post in crisis if post.platform == "news" and "杯" in post.text]
    news = min(post.at for post in named)
    assert people < media < news


def test_variants_come_in_pairs(script: Script) -> None:
    turn = [post for post in script.posts if post.phase == "turn"]
    lacking = {(post.author.name, post.at, post.lacks) for post in turn if post.lacks}
    needing = {(post.author.name, post.at, post.needs) for post in turn if post.needs}
    assert lacking <= needing


@pytest.mark.parametrize(
    ("text", "hours"), [("0:00", 0), ("-47:30", -47.5), ("2:06", 2.1), ("21:00", 21)]
)
def test_offsets(text: str, hours: float) -> None:
    assert offset(text) == timedelta(hours=hours)


@pytest.mark.parametrize("text", ["", "1", "1:2", "+1:00", "1:00:00", "x:00"])
def test_odd_offsets_are_refused(text: str) -> None:
    with pytest.raises(ScriptError):
        offset(text)


@pytest.mark.parametrize(
    "line",
    ["{", '{"at":"0:01","by":"a","text":"b","re":"nobody"}', '{"at":"soon","by":"a","text":"b"}'],
)
def test_a_slip_names_file_and_line(tmp_path: Path, line: str) -> None:
    folder = copytree(posts.FOLDER, tmp_path / "script")
    path = folder / "weibo.question.jsonl"
    path.write_text(line + "\n", "utf-8")
    with pytest.raises(ScriptError, match=r"weibo\.question\.jsonl:1"):
        load(folder)


def test_lines_are_json_objects() -> None:
    for path in posts.FOLDER.glob("*.jsonl"):
        for line in path.read_text("utf-8").splitlines():
            assert {"at", "by", "text"} <= set(json.loads(line))
