from __future__ import annotations

from dataclasses import replace

import pytest

from storage.topic import Topic
from tests.dashboard.conftest import PASSWORD


@pytest.fixture
def house(house):
    """The same demonstration, with someone who may change topics."""
    return replace(house, demo_people=(("许岚", "公关负责人", "p3@example.com", PASSWORD),))


def test_a_query_is_tried_mended_and_saved(page, enter, house):
    enter("许岚")
    page.click("nav a[href='/topics']")
    page.click("text=新建话题")
    page.fill("[name=name]", "异物")
    page.fill("#query", "异物 AND 说法")
    page.click("text=试一试")
    page.wait_for_selector("#trial")
    assert "30" in page.inner_text(".figures")
    page.fill("#query", "异物 NOT 第3条")
    page.press("#query", "Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#trial")
    assert "差一点：1 条" in page.inner_text("#trial")
    page.click("button.primary:has-text('保存')")
    page.wait_for_selector(".notice")
    with house.database.read() as session:
        assert session.get_one(Topic, 2).query == "异物 NOT 第3条"


def test_a_wrong_query_puts_the_cursor_where_it_is_wrong(page, enter, house):
    enter("许岚")
    page.goto("/topics/1")
    page.fill("#query", "晴川 AND (酸奶")
    page.click("text=试一试")
    page.wait_for_selector("#query-error")
    assert page.evaluate("document.activeElement.selectionStart") == 7
    assert page.inner_text(".query-place mark") == "("


def test_a_query_that_came_back_unsaved_is_kept_from_a_stray_click(page, enter):
    enter("许岚")
    page.goto("/topics/1")
    page.fill("#query", "晴川 AND (酸奶")
    page.click("text=试一试")
    page.wait_for_selector("#query-error")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.click("nav a[href='/sources']", no_wait_after=True)
    page.evaluate(WATCH)
    page.click("text=退出", no_wait_after=True)
    page.wait_for_selector("form[data-seen=' true false']")
    assert asked == ["beforeunload", "beforeunload"]
    assert page.input_value("#query") == "晴川 AND (酸奶"


#: Notes when the button that signs out is taken out of use and given back.
WATCH = """() => {
  const form = document.querySelector("form[action='/sign-out']");
  const button = form.querySelector("button");
  const note = () => { form.dataset.seen = `${form.dataset.seen ?? ""} ${button.disabled}`; };
  new MutationObserver(note).observe(button, { attributeFilter: ["disabled"] });
}"""


def test_the_expected_range_can_be_chosen_by_keyboard(page, enter):
    enter("许岚")
    page.goto("/incidents/1")
    page.wait_for_selector("[data-bands] button")
    assert page.get_attribute("[data-band=doubt]", "aria-pressed") == "true"
    page.focus("[data-band=volume]")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-band=volume][aria-pressed=true]")
    assert page.get_attribute("[data-band=doubt]", "aria-pressed") == "false"
