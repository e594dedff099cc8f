from __future__ import annotations

from storage.mention import Mention

POST = "#now-posts .post:has-text('第1条：')"


def test_a_click_corrects_in_place_and_the_reason_unfolds(page, enter, house):
    enter("林晓")
    page.evaluate("window.stayed = true")
    post = page.locator(POST).first
    post.locator("button.mood:has-text('支持')").click()
    page.wait_for_selector(f"{POST} .corrected")
    with house.database.read() as session:
        assert "support" in session.get_one(Mention, 2).moods
    post.locator("button.mood:has-text('支持')").click()
    page.wait_for_selector(f"{POST} .corrected", state="detached")
    post.locator("details.why summary").click()
    page.wait_for_selector(f"{POST} .why-words .pairs")
    assert "判读模型" in page.inner_text(f"{POST} .why-words")
    assert page.evaluate("window.stayed")
