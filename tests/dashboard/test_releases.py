"""From an incident to the public, through the browser, each step by who may take it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from dashboard.terms import terms_of
from releases.findings import Finding
from releases.standing import standing
from storage.release import Release

from .conftest import Browser

Browse = Callable[[str], Browser]
FACT = {
    "topic": "1",
    "statement": "5月20日，晴川市检验中心抽检同批次20盒晴川酸奶，未检出异物。",
    "source": "晴川市检验中心检验报告 QC-0520",
    "words": "异物 检验",
    "note": "报告原件",
    "url": "https://lab.example/1",
    "owner": "3",
}


def release_of(house, number: int = 1) -> Release:
    with house.database.read() as session:
        return session.get_one(Release, number)


def hurdles(house) -> list[Finding]:
    with house.database.read() as session:
        release = session.get_one(Release, 1)
        return standing(session, release, house.clock(), terms_of(house)).standing_in_the_way


@pytest.fixture
def drafted(house, browse: Browse, affair) -> Browser:
    author = browse("周宁")
    assert author.submit("/facts", **FACT).status_code == 303
    assert browse("陈律").submit("/facts/1/verify").status_code == 303
    answer = author.submit("/incidents/1/draft")
    assert answer.headers["location"] == "/releases/1?said=drafted"
    return author


def submit(house, author: Browser) -> None:
    waivers = {f"waive:{one.id}": "已与业务核对" for one in hurdles(house) if one.waivable}
    assert author.submit("/releases/1/submit", **waivers).status_code == 303


def test_the_page_shows_question_sentence_fact_and_audit(drafted):
    page = drafted.get("/releases/1").text
    for word in ("酸奶里的异物是什么", "bond-fact", "晴川市检验中心检验报告", "文字哈希", "起草"):
        assert word in page


def test_a_heading_that_print_leaves_out_is_not_shown(house, drafted):
    assert "目前还不清楚的事" not in drafted.get("/releases/1").text
    assert "目前还不清楚的事" in drafted.get("/releases/1?edit").text
    seen = release_of(house).digest
    drafted.submit("/releases/1/edit", seen=seen, unknowns="异物的来源仍在查。", next_update="")
    assert "目前还不清楚的事" in drafted.get("/releases/1").text


def test_all_the_way_to_the_public(house, browse, drafted):
    submit(house, drafted)
    assert release_of(house).state == "in_review"
    for name in ("许岚", "陈律"):
        assert "批准这份文字" in browse(name).get("/releases/1").text
        seen = release_of(house).digest
        assert browse(name).submit("/releases/1/approve", seen=seen).status_code == 303
    publisher = browse("何川")
    assert "3 个订阅源" in publisher.get("/releases/1").text
    assert browse().get("/newsroom/" + release_of(house).number).status_code == 404
    assert publisher.submit("/releases/1/publish").status_code == 303
    release = release_of(house)
    public = browse().get("/newsroom/" + release.number)
    assert release.headline in public.text
    assert "QC-0520" in public.text
    assert "周宁" not in public.text


def test_nobody_approves_what_they_wrote(house, drafted):
    submit(house, drafted)
    assert "要由别人批准" in drafted.get("/releases/1").text
    answer = drafted.submit("/releases/1/approve")
    assert answer.status_code == 409
    assert release_of(house).state == "in_review"


def test_a_text_changed_meanwhile_is_not_approved(house, browse, drafted):
    submit(house, drafted)
    answer = browse("许岚").submit("/releases/1/approve", seen="0" * 64)
    assert answer.status_code == 409
    assert "被改过" in answer.text


def test_what_is_refused_is_said_in_words(house, browse, drafted):
    answer = browse("何川").submit("/releases/1/publish")
    assert answer.status_code == 409
    assert "没有执行" in answer.text


def test_sending_back_needs_a_reason_and_reaches_the_writer(house, browse, drafted):
    submit(house, drafted)
    legal = browse("陈律")
    assert legal.submit("/releases/1/changes", comment=" ").status_code == 409
    legal.submit("/releases/1/changes", comment="第二段缺时间")
    assert release_of(house).state == "changes_requested"
    assert "第二段缺时间" in drafted.get("/releases/1").text
    assert "被退回" in drafted.get("/").text


def test_rejecting_ends_it(house, browse, drafted):
    submit(house, drafted)
    browse("陈律").submit("/releases/1/reject", comment="事实不清")
    assert release_of(house).state == "rejected"


def test_editing_saves_and_voids(house, browse, drafted):
    before = release_of(house)
    assert 'name="headline"' in drafted.get("/releases/1?edit").text
    form = {"seen": before.digest, "headline": "晴川酸奶抽检未检出异物 [F1]", "next_update": ""}
    assert drafted.submit("/releases/1/edit", **form).status_code == 303
    assert release_of(house).headline == "晴川酸奶抽检未检出异物"


def test_two_editors_do_not_overwrite_each_other(house, drafted):
    digest = release_of(house).digest
    drafted.submit("/releases/1/edit", seen=digest, headline="先保存的标题")
    answer = drafted.submit("/releases/1/edit", seen=digest, headline="后保存的标题")
    assert answer.status_code == 409
    assert "后保存的标题" in answer.text
    assert release_of(house).headline == "先保存的标题"


def test_a_bad_moment_keeps_what_was_typed(house, drafted):
    digest = release_of(house).digest
    form = {"seen": digest, "headline": "我的标题", "next_update": "someday"}
    answer = drafted.submit("/releases/1/edit", **form)
    assert answer.status_code == 400
    assert "我的标题" in answer.text


def test_a_refused_change_keeps_what_was_typed(house, drafted):
    digest = release_of(house).digest
    form = {"seen": digest, "headline": "我的标题", "lead": "没有这条事实。 [F99]"}
    answer = drafted.submit("/releases/1/edit", **form)
    assert answer.status_code == 409
    assert "没有这条事实" in answer.text


def test_the_preview_is_escaped(house, drafted):
    digest = release_of(house).digest
    drafted.submit("/releases/1/edit", seen=digest, lead="<script>alert(1)</script>。")
    for path in ("/releases/1", "/releases/1/preview", "/releases"):
        assert "<script>alert" not in drafted.get(path).text


def test_a_fact_without_a_source_is_refused_and_kept(house, browse, affair):
    answer = browse("周宁").submit("/facts", **FACT | {"source": ""})
    assert answer.status_code == 400
    assert "未检出异物" in answer.text


@pytest.mark.parametrize(
    ("field", "bad"), [("url", "javascript:alert(1)"), ("valid_until", "tomorrow")]
)
def test_what_cannot_be_read_is_refused(browse, affair, field, bad):
    assert browse("周宁").submit("/facts", **FACT | {field: bad}).status_code == 400


def test_who_entered_a_fact_does_not_verify_it(browse, drafted):
    assert "须由别人核实" not in drafted.get("/facts").text
    drafted.submit("/facts", **FACT)
    assert "须由别人核实" in drafted.get("/facts").text
    assert drafted.submit("/facts/2/verify").status_code == 409


def test_a_revoked_fact_is_shown_as_such(browse, drafted):
    assert browse("陈律").submit("/facts/1/revoke", reason="").status_code == 409
    browse("陈律").submit("/facts/1/revoke", reason="报告有误")
    assert "state-revoked" in drafted.get("/facts").text
    assert "不可用" in drafted.get("/releases/1").text


def test_what_others_must_mend_crowds_out_nothing(house, drafted, browse):
    submit(house, drafted)
    with house.database.begin() as session:
        first = session.get_one(Release, 1)
        held = {one.key: getattr(first, one.key) for one in Release.__table__.columns}
        before = {"updated": first.updated - timedelta(days=1), "state": "changes_requested"}
        for number in range(2, 62):
            own = {"id": number, "uid": f"u{number}", "number": f"CQ-2020-{number}"}
            session.add(Release(**held | own | before))
    assert "CQ-2026-0001" in browse("许岚").get("/now/needs").text
    assert "CQ-2020-2 " in drafted.get("/now/needs").text
