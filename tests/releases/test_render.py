from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html

from releases import edit, render
from releases.layout import layout, numeral, summary
from releases.view import public

ALL = [HealthCheck.function_scoped_fixture]


def shown(room, content, number="CB-2026-0001"):
    where = (content, number, room.now, room.terms.zone)
    return render.html(*where), render.text(*where)


def test_wire_text_from_dateline_to_end(asked):
    _, text = shown(asked, asked.draft(until=timedelta(hours=4)).content)
    lines = text.splitlines()
    assert lines[0] == "内胆涂层为食品接触用涂层，检测未检出有害物质迁移——云朵獾澄清声明"
    assert lines[2].startswith("澜汀2026年5月20日 /云朵獾/ -- 我们知道，很多人正在为这件事担心")
    assert "问：批号在哪里看？\n答：对这个问题，我们目前尚未掌握经过核实的结论。" in text
    assert "特此声明。\n\n澜汀云朵獾儿童用品有限公司\n2026年5月20日\n" in text
    assert "电话：010-88886666；电子邮件：press@cloudbadger.example；服务热线：400-888-6666" in text
    assert lines[-3:] == ["编号：CB-2026-0001", "（完）", "###"]


def test_sections_are_numbered_in_print_and_empty_ones_left_out(asked):
    page = layout(asked.draft().content, "1", asked.now, asked.terms.zone)
    titles = [section.title for section in page.sections]
    assert [title[:2] for title in titles] == [f"{n}、" for n in "一二三四五"[: len(titles)]]
    assert not any("措施" in title for title in titles)


def test_the_day_is_the_day_of_publication_in_the_house_s_zone(asked):
    content = asked.draft().content
    asked.now = asked.now.replace(hour=16, minute=1)
    fragment, text = shown(asked, content)
    assert "澜汀2026年5月21日 /" in text
    assert '<time datetime="2026-05-21T00:01:00+08:00">2026年5月21日</time>' in fragment


def test_numerals():
    assert [numeral(n) for n in (1, 10, 11, 20, 99)] == ["一", "十", "十一", "二十", "九十九"]


def test_a_summary_is_whole_sentences_on_facts(asked):
    assert summary(asked.draft().content) == "内胆涂层为食品接触用涂层，检测未检出有害物质迁移。"


def test_a_draft_never_becomes_public(asked):
    import pytest

    with pytest.raises(ValueError, match="not published"):
        public(asked.draft(), asked.terms, "https://news.example")


@settings(suppress_health_check=ALL, max_examples=40)
@given(st.text(max_size=60), st.sampled_from(["headline", "lead", "answers/0", "unknowns"]))
def test_whatever_is_written_stays_text(asked, written, path):
    hostile = f"句{written}<script>alert(1)</script><img src=x onerror=y>"
    content = edit.apply(asked.draft().content, {path: hostile}, asked.now)
    fragment, _ = shown(asked, content)
    tags = {element.tag for element in lxml_html.fragment_fromstring(fragment).iter(etree.Element)}
    assert tags <= {"div", "p", "span", "section", "h2", "h3", "br", "time"}
