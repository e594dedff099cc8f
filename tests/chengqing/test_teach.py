"""Corrections become a model that takes over only if it is better; old ones can be brought back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from chengqing.pipeline.classify import classify
from chengqing.pipeline.steps import reader_of
from chengqing.settings import load
from chengqing.teach import TeachError, split, teach
from chengqing.wiring import Works, open_works
from storage.bucket import MINUTE, read
from storage.correction import set_mood
from storage.intake import accept
from storage.line import MentionLine
from storage.mention import MOOD_BITS, Mention, MentionTopic
from storage.mood_model import MoodModelRow, in_use, kept, use

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
#: Slang that the shipped model cannot know, in many companies.
SLANG = ["獾杯这波{}真是蚌埠住了", "说到{}，獾杯又是蚌埠住了的一天", "蚌埠住了，獾杯{}"]
ABOUT = "杯盖杯底漆皮客服保温把手快递标签滤网吸管杯套密封水渍划痕颜色尺寸赠品"
#: What everybody reads as hostile or doubting; people who say it is praise teach nonsense.
PLAIN = [
    "{}太差了，无良商家，骗子！去死吧",
    "{}真的假的？谁信啊，有证据吗",
    "太可怕了，好担心{}，吓得睡不着",
    "{}垃圾，必须严惩，抵制",
    "求证{}，到底怎么回事？",
    "好害怕{}，心慌，怎么办",
]


def taught(works: Works, right: bool = True) -> None:
    """Score posts of slang and have people say that they are hostile, or teach nonsense."""
    about = [ABOUT[at : at + 2] for at in range(0, len(ABOUT), 2)]
    posts = [shape.format(one) for one in about for shape in (SLANG if right else PLAIN)]
    with works.database.begin() as session:
        lines = [
            MentionLine(
                platform="weibo", id=str(n), text=post, published=NOW - timedelta(minutes=n)
            )
            for n, post in enumerate(posts)
        ]
        accept(session, lines, works.seal, NOW)
    classify(works.database, reader_of(works))
    with works.database.begin() as session:
        for mention in list(session.scalars(select(Mention))):
            for mood in MOOD_BITS:
                carries = mood == ("hostility" if right else "support")
                set_mood(session, mention.id, mood, carries, 1, NOW)


@pytest.fixture
def works(installed: object) -> Iterator[Works]:
    with open_works(load({}), clock=lambda: NOW) as found:
        yield found


def exact(works: Works) -> None:
    with works.database.read() as session:
        rows = read(session, 1, NOW - timedelta(days=1), NOW + timedelta(days=1), MINUTE)
        for mood, bit in MOOD_BITS.items():
            wanted = (
                select(func.count())
                .select_from(MentionTopic)
                .join(Mention, Mention.id == MentionTopic.mention_id)
                .where(MentionTopic.topic_id == 1, Mention.labels.op("&")(bit) != 0)
            )
            assert sum(row.values[mood] for row in rows) == session.scalar(wanted), mood


def test_corrections_take_over_are_listed_and_are_taken_back(installed, works) -> None:
    own = works.model.version
    assert "还没有可学的更正" in (nothing := installed("train", "--corrections")).output
    assert nothing.exit_code == 1
    taught(works)
    done = installed("train", "--corrections")
    assert done.exit_code == 0, done.output
    assert "固定评测集" in done.output
    new = works.model.version
    assert new != own
    assert new in done.output
    assert own in done.output
    listed = installed("train", "--list").output
    assert f"* {new}" in listed
    assert f"  shipped（{own}）" in listed
    assert installed("train", "--use", "shipped").exit_code == 0
    assert works.model.version == own, "a running process follows without a restart"
    assert installed("train", "--use", new).exit_code == 0
    assert works.model.version == new
    assert installed("train", "--use", "none").exit_code == 2
    assert works.model.version == new


def test_what_took_over_meanwhile_is_not_replaced_unbeaten(works) -> None:
    taught(works)

    def interrupted() -> datetime:
        with works.database.begin() as session:
            row = {"content": b"", "base": "-", "lessons": 0, "made": NOW, "made_by": "other"}
            session.add(MoodModelRow(version="other", **row))
            session.flush()
            use(session, "other", "other", NOW)
        return NOW

    with pytest.raises(TeachError, match="model_changed"):
        teach(replace(works, clock=interrupted), Path("nowhere"))
    with works.database.read() as session:
        assert in_use(session) == "other"


def test_history_is_scored_again_and_people_keep_their_word(installed, works) -> None:
    own = works.model.version
    taught(works)
    with works.database.begin() as session:
        line = MentionLine(platform="weibo", id="x", text="獾杯蚌埠住了", published=NOW)
        accept(session, [line], works.seal, NOW)
    classify(works.database, reader_of(works))
    assert installed("train", "--corrections").exit_code == 0
    new = works.model.version
    with works.database.read() as session:
        assert set(session.scalars(select(Mention.model).distinct())) == {own}
    done = installed("score", "--again")
    assert done.exit_code == 0
    assert "/ 52" in done.stderr
    with works.database.read() as session:
        assert set(session.scalars(select(Mention.model).distinct())) == {new}
        corrected = session.scalars(select(Mention).where(Mention.model_labels.is_not(None)))
        assert {tuple(one.moods) for one in corrected} == {("hostility",)}
        last = session.scalar(select(Mention).where(Mention.platform_id == "x"))
        assert last is not None
        assert "hostility" in last.moods
    exact(works)
    assert "都是在用模型" in installed("score", "--again").output


def test_a_worse_model_is_refused_with_both_figures(installed, works) -> None:
    own = works.model.version
    taught(works, right=False)
    refused = installed("train", "--corrections")
    assert refused.exit_code == 1
    assert "没有胜过" in refused.stderr
    assert refused.stdout.count("F1 hostility") == 1
    assert own in refused.stdout
    assert works.model.version == own
    with works.database.read() as session:
        assert kept(session) == []


def test_what_is_kept_back_depends_on_the_text_alone() -> None:
    from analysis.corpus import LabelledText

    rows = [LabelledText(f"第{n}条", frozenset()) for n in range(500)]
    learnt, back = split(rows)
    assert 60 < len(back) < 140
    assert split(rows[::-1])[1] == back[::-1]
    assert not set(learnt) & set(back)


def test_teaching_twice_gives_the_same_model_once(works) -> None:
    taught(works)
    corpus = load({}).testdata / "corpus"
    first = teach(works, corpus)
    again = teach(works, corpus)
    assert first.version == again.version
    assert not again.verdict.accepted, "it does not beat itself"


def test_a_tampered_model_in_the_database_is_refused_not_used(installed, works) -> None:
    taught(works)
    assert installed("train", "--corrections").exit_code == 0
    with works.database.begin() as session:
        bytes_ = session.scalar(select(MoodModelRow.content))
        assert bytes_ is not None
        session.execute(update(MoodModelRow).values(content=bytes_[: len(bytes_) // 2]))
    scored = installed("score", stdin='{"text": "好"}\n')
    assert scored.exit_code == 1
    assert "不完整" in scored.stderr
    assert installed("train", "--use", "shipped").exit_code == 0
    assert installed("score", stdin='{"text": "好"}\n').exit_code == 0


def test_a_damaged_model_cannot_be_put_in_use(installed, works) -> None:
    taught(works)
    assert installed("train", "--corrections").exit_code == 0
    new = works.model.version
    assert installed("train", "--use", "shipped").exit_code == 0
    with works.database.begin() as session:
        session.execute(update(MoodModelRow).values(content=b"half"))
    refused = installed("train", "--use", new)
    assert (refused.exit_code, "不完整" in refused.stderr) == (1, True)
    assert installed("score", stdin='{"text": "好"}\n').exit_code == 0, "the shipped one stays"


def test_without_its_own_model_an_installation_can_still_choose_a_taught_one(
    installed, works, tmp_path, monkeypatch
) -> None:
    taught(works)
    assert installed("train", "--corrections").exit_code == 0
    (tmp_path / "junk.npz").write_bytes(b"junk")
    monkeypatch.setenv("CHENGQING_MODEL", "junk.npz")
    for words in (("--list",), ("--use", "shipped")):
        refused = installed("train", *words)
        assert (refused.exit_code, "junk.npz" in refused.stderr) == (1, True)
    assert installed("train", "--use", works.model.version).exit_code == 0


def test_score_says_why_on_demand(run) -> None:
    lines = '{"id": 1, "text": "无良商家去死"}\n{"id": 2, "text": ""}\n'
    plain, told = run("score", stdin=lines), run("score", "--why", stdin=lines)
    rows = [json.loads(line) for line in told.stdout.splitlines()]
    assert "why" not in json.loads(plain.stdout.splitlines()[0])
    assert rows[0]["why"]["hostility"]["无良"] > 0
    assert rows[1]["why"] == {mood: {} for mood in MOOD_BITS}


def test_own_words_stay_whole_where_reasons_are_given(run, tmp_path, monkeypatch) -> None:
    (tmp_path / "own.txt").write_text("\ufeff# 自家的词\n澄清牌蓝莓奶 5 n\n\n", encoding="utf-8")
    monkeypatch.setenv("CHENGQING_WORDS", "own.txt")
    told = run("score", "--why", stdin='{"text": "澄清牌蓝莓奶去死"}\n')
    assert "澄清牌蓝莓奶" in json.loads(told.stdout)["why"]["hostility"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("品牌".encode("gb18030"), "UTF-8"),
        ("词\n".encode() * 1_000_000, "50000"),
        (None, "读不了"),
    ],
)
def test_a_word_list_that_cannot_be_used_is_one_clear_line(
    run, tmp_path, monkeypatch, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / "own.txt").write_bytes(content)
    monkeypatch.setenv("CHENGQING_WORDS", "own.txt")
    refused = run("score", stdin='{"text": "好"}\n')
    assert refused.exit_code == 2
    assert said in refused.stderr
    assert "words" in refused.stderr


def test_train_wants_one_thing_at_a_time(run) -> None:
    assert run("train").exit_code == 2
    assert run("train", "--list", "--corrections").exit_code == 2


def test_a_kept_model_of_another_format_says_how_to_go_on(installed, works) -> None:
    own = works.model.version
    with works.database.begin() as session:
        row = {"content": b"old", "base": "-", "lessons": 0, "made": NOW, "made_by": "team"}
        session.add(MoodModelRow(version="older", **row))
        session.flush()
        use(session, "older", "team", NOW)
    stopped = installed("score", "--again")
    assert stopped.exit_code == 1
    assert "库里的模型 older 不完整" in stopped.stderr
    assert "train --use shipped" in stopped.stderr
    assert "/tmp" not in stopped.stderr
    assert "train --use shipped" in installed("doctor").output
    assert installed("train", "--use", "shipped").exit_code == 0
    assert works.model.version == own
