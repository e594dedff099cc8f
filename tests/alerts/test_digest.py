"""The daily mail: once a day and person, each topic's day against the one before."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from alerts.digest import MOST, put_digest
from storage.delivery import Delivery, Turn, claim, record_failed
from storage.incident import Incident
from storage.topic import Topic


def digest(affair, context, at) -> int:
    with affair.database.begin() as session:
        return put_digest(session, None, at, context)


def mails(affair) -> list[Delivery]:
    with affair.database.read() as session:
        wanted = select(Delivery).where(Delivery.key.like("digest:%")).order_by(Delivery.id)
        return list(session.scalars(wanted))


def test_once_a_day_and_person(affair, context, now) -> None:
    affair.person("lin@example.cn")
    assert digest(affair, context, now) == 1
    assert digest(affair, context, now + timedelta(hours=3)) == 0
    affair.person("amy@example.com", "en")
    assert digest(affair, context, now + timedelta(hours=3)) == 1
    # Midnight is the readers': 16:00 UTC is the next day in Shanghai.
    assert digest(affair, context, now + timedelta(hours=4)) == 2
    keys = [mail.key for mail in mails(affair)]
    assert [key.split(":")[1] for key in keys] == ["2026-05-20"] * 2 + ["2026-05-21"] * 2


def test_it_compares_days_and_lists_what_is_open(affair, context, now) -> None:
    affair.person("lin@example.cn")
    affair.open(title="酸奶里喝出塑料片")
    for minutes in (70, 80, 1_400):
        affair.mention("新", minutes, "doubt")
    for _ in range(12):
        affair.mention("旧", 1_500, "support")
    affair.mention("更旧", 3_000, "doubt")
    source = affair.source()
    for hours, outcome in enumerate(("timeout", "timeout", "timeout", "ok")):
        affair.visit(source, outcome, now - timedelta(hours=hours))
    with affair.database.begin() as session:
        session.add(affair.statement(now - timedelta(hours=2)))
    digest(affair, context, now)
    text, html = (mails(affair)[0].payload[kind] for kind in ("text", "html"))
    for body in (text, html):
        assert "酸奶里喝出塑料片（重大，爆发阶段，自 20:00）" in body
        assert "微博搜索：连续 3 次失败（超时）" in body
        assert "18:00 CQ-1 关于产品的说明" in body
        assert "2026-05-19 20:00 至 2026-05-20 20:00" in body
    assert "- 声量  3 | 前 24 小时 12 | −9" in text
    assert "- 怀疑  3 | 前 24 小时 0 | 新出现" in text
    assert "- 支持  0 | 前 24 小时 12 | −12" in text
    assert mails(affair)[0].payload["list"] == "digest"


def test_a_statement_is_listed_in_one_digest_whenever_each_is_written(affair, context, now) -> None:
    affair.person("lin@example.cn")
    with affair.database.begin() as session:
        session.add(affair.statement(now + timedelta(minutes=35)))
    # 20:40, 20:50 and 20:10 on three days: each window ends at 20:00.
    for days, minutes in ((0, 40), (1, 50), (2, 10)):
        digest(affair, context, now + timedelta(days=days, minutes=minutes))
    assert [mail.payload["text"].count("CQ-1") for mail in mails(affair)] == [0, 1, 0]


def test_a_source_long_blind_is_counted_in_full(affair, context, now) -> None:
    affair.person("lin@example.cn")
    source = affair.source()
    affair.visit(source, "ok", now - timedelta(hours=40))
    for hours in range(30, 0, -1):
        affair.visit(source, "timeout", now - timedelta(hours=hours))
    digest(affair, context, now)
    assert "微博搜索：连续 30 次失败（超时）" in mails(affair)[0].payload["text"]


def test_it_counts_also_what_it_has_no_room_to_list(affair, context, now) -> None:
    affair.person("lin@example.cn")
    with affair.database.begin() as session:
        session.add_all(Topic(name=f"别的{n}", query="别的", created=now) for n in range(MOST))
        affairs = {"opened": now, "last_spike": now, "stage": "latent", "stage_at": now}
        session.add_all(Incident(topic_id=affair.topic, **affairs) for _ in range(MOST + 2))
    digest(affair, context, now)
    payload = mails(affair)[0].payload
    assert f"{MOST + 1} 个话题，{MOST + 2} 个未关闭事件" in payload["subject"]
    assert payload["text"].count("/incidents/") == MOST


def test_it_names_what_could_not_be_sent(affair, context, now) -> None:
    affair.person("lin@example.cn")
    digest(affair, context, now)
    with affair.database.begin() as session:
        (row,) = claim(session, now)
        record_failed(session, Turn(row.id, row.attempts), now, "x")
    digest(affair, context, now + timedelta(days=1))
    assert "未能送出" not in mails(affair)[0].payload["text"]
    assert "1 条，请在看板的「送达」页查看并重试" in mails(affair)[1].payload["text"]


def test_a_house_without_topics_or_readers(affair, context, now) -> None:
    assert digest(affair, context, now) == 0
    affair.person("lin@example.cn")
    assert digest(affair, context, now) == 1
    assert "没有未关闭的事件" in mails(affair)[0].payload["text"]
