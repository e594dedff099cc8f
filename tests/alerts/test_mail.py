"""The mail itself: what it says, in which order, and that no crawled text breaks out of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from alerts.briefing import Briefing, Count
from alerts.context import Context
from alerts.mail import incident_mail
from alerts.rules import AlertDraft, Kind
from alerts.tell import tell_open
from alerts.words import language_of
from storage.delivery import Delivery
from storage.incident import Concern
from storage.mention import Mention

ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "div", "table", "tr", "td", "p", "span", "h1",
    "a",
}  # fmt: skip


class Page(HTMLParser):
    """What a mail program would make of it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


def told(affair, context, at=None) -> list[Delivery]:
    with affair.database.begin() as session:
        tell_open(session, at or affair.now, context)
    with affair.database.read() as session:
        return list(session.scalars(select(Delivery).order_by(Delivery.id)))


@pytest.fixture
def crisis(affair, now):
    """An affair with posts, questions and readers of both languages."""
    affair.person("lin@example.cn")
    affair.person("amy@example.com", "en")
    affair.open(title="酸奶里喝出塑料片")
    for number in range(30):
        affair.mention(f"又有人喝出来了 {number}", 5, "doubt", "anxiety")
    for number in range(10):
        affair.mention(f"昨天就有人说 {number}", 70, "doubt")
    first = affair.mention(
        "孩子喝了一半发现的，@澄湖官方 https://t.cn/Ax1 电话 138 0013 8000", 8, "anxiety"
    )
    affair.concern("塑料片是哪里来的？", 25, first)
    affair.concern("已经买的怎么退？", 11)
    return affair


def test_it_says_what_why_and_what_to_do(crisis, context) -> None:
    mail, _ = told(crisis, context)
    text, page = mail.payload["text"], Page(mail.payload["html"])
    for words in (
        "重大",
        "澄湖酸奶",
        "2026-05-20 20:00",
        "北京时间 UTC+08:00",
        "怀疑异常上升，处于爆发阶段",
        "酸奶里喝出塑料片",
        "一键起草",
        "http://127.0.0.1:8000/incidents/1",
        "20:30 前，还有 30 分钟",
        "塑料片是哪里来的？",
        "怀疑继续异常，仍处于爆发阶段",
        "孩子喝了一半发现的",
    ):
        assert words in text
        assert words in page.words
    assert "- 怀疑  30 | 前 1 小时 10 | 3.0 倍" in text
    assert "- 焦虑  31 | 前 1 小时 0 | 新出现" in text
    assert text.index("现在做什么") < text.index("最近 1 小时") < text.index("原话")


def test_the_english_reader_reads_english(crisis, context) -> None:
    mail = told(crisis, context)[1]
    text = mail.payload["text"]
    assert "by 20:30, 30 min left" in text
    assert "Beijing time UTC+08:00" in text
    assert "- doubt  30 | hour before 10 | × 3.0" in text
    assert 'lang="en"' in mail.payload["html"]


def test_no_private_person_is_named_or_linked(crisis, context) -> None:
    payload = told(crisis, context)[0].payload
    for body in (payload["text"], payload["html"]):
        for private in ("澄湖官方", "t.cn", "138 0013", "8000 "):
            assert private not in body


def test_nothing_is_loaded_from_elsewhere(crisis, context) -> None:
    page = Page(told(crisis, context)[0].payload["html"])
    assert {tag for tag, _ in page.tags} <= ALLOWED
    links = [attrs["href"] for tag, attrs in page.tags if tag == "a"]
    assert links == ["http://127.0.0.1:8000/incidents/1"]
    assert not any("src" in attrs or "url(" in (attrs.get("style") or "") for _, attrs in page.tags)


def test_the_clock_shows_what_is_late_and_drops_what_is_done(crisis, context, now) -> None:
    told(crisis, context)
    crisis.change(severity=4, acknowledged=now + timedelta(minutes=20))
    text = told(crisis, context, now + timedelta(minutes=75))[-2].payload["text"]
    assert "首次研判" not in text
    assert "首份声明  21:00 已过，超时 15 分钟" in text
    assert "详细说明  05-21 00:00 前，还有 2 小时 45 分钟" in text


def test_calm_asks_for_nothing_urgent(crisis, context, now) -> None:
    told(crisis, context)
    crisis.change(closed=now + timedelta(hours=30))
    payload = told(crisis, context, now + timedelta(hours=30))[-2].payload
    assert payload["subject"] == "【平息】澄湖酸奶：已经平息，事件关闭"
    assert "回应时限" not in payload["text"]
    assert "一键起草" not in payload["text"]
    # What rose once is not why it is calm.
    assert "为什么" not in payload["text"]
    assert "== 经过" in payload["text"]


def test_who_has_answered_is_not_told_to_answer(crisis, context, now) -> None:
    told(crisis, context)
    later = now + timedelta(minutes=50)
    with crisis.database.begin() as session:
        session.add(crisis.statement(later))
    crisis.change(severity=4)
    zh, en = (one.payload["text"] for one in told(crisis, context, later)[-2:])
    assert "首份声明" not in zh
    # It rests on no fact: as on the dashboard, the considered one is still owed.
    assert "详细说明  05-21 00:00 前，还有 3 小时 10 分钟" in zh
    assert "声明已经发布" in zh
    assert "生成澄清声明草稿" not in zh
    assert "A statement is out" in en


def test_a_reason_that_cannot_be_said_is_left_out(crisis, context) -> None:
    crisis.change(
        severity_why={"key": "no.such", "values": {}},
        stage_why={"key": "alerts.told_update_stage", "values": {}},
    )
    payload = told(crisis, context)[0].payload
    assert "no.such" not in payload["text"]
    assert "怀疑继续异常" in payload["text"]


def test_nothing_known_is_no_empty_heading(affair, context) -> None:
    affair.person("lin@example.cn")
    affair.open(title="")
    affair.change(stage_why={})
    text = told(affair, context)[0].payload["text"]
    assert "公众在问" not in text
    assert "原话" not in text
    assert "- 声量  0 | 前 1 小时 0 | —" in text


TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=200)


def briefing(words: str, at: datetime) -> Briefing:
    """A briefing in which every crawled text is ``words``."""
    post = Mention(platform=words[:200], text=words, published=at, labels=2)
    asked = Concern(question=words, size=3)
    reason = {"key": "alerts.told_blind", "values": {"source": words, "count": 1, "outcome": "ok"}}
    return Briefing(
        incident_id=1,
        topic=words[:200],
        title=words[:200],
        at=at,
        counts=[Count("volume", 3, 1)],
        reasons=[reason],
        concerns=[asked],
        examples=[post],
        first_alert=at,
        done={},
    )


@given(TEXT, st.sampled_from(["zh", "en"]))
def test_no_crawled_text_breaks_out(words: str, language: str) -> None:
    now = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)
    hostile = (
        words + "<script>x</script>'\"><img src=x>\r\nBcc: a@b.cn\n\n== Y\u202e" + "长" * 9_000
    )
    context = Context(ZoneInfo("Asia/Shanghai"), "https://house.example.cn")
    values = {"level": 3, "before": 2, "stage": "outbreak", "moods": ["doubt"]}
    draft = AlertDraft(Kind.OPENED, "alerts.told_opened", values, urgent=True)
    mail = incident_mail(draft, briefing(hostile, now), language_of(language), context)
    page = Page(mail.html)
    assert {tag for tag, _ in page.tags} <= ALLOWED
    assert [a["href"] for tag, a in page.tags if tag == "a"] == [context.incident_url(1)]
    assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)
    assert "\n" not in mail.subject
    assert "\u202e" not in mail.html + mail.text
    assert "\n== Y" not in mail.text
    assert len(mail.html) < 20_000
