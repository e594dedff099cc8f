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


def test_a_click_by_keyboard_leaves_the_keyboard_where_it_was(page, enter):
    enter("林晓")
    page.locator(POST).first.locator("button.mood:has-text('支持')").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{POST} .corrected")
    assert page.evaluate("document.activeElement.value") == "support"
    assert page.locator(f"{POST} button:focus").first.get_attribute("aria-pressed") == "true"


def test_a_click_that_is_not_saved_says_so_and_can_be_made_again(chromium, address):
    # A page of its own: what is refused is an error in the console, as it should be.
    with chromium.new_context(base_url=address) as context:
        page = context.new_page()
        page.goto("/sign-in")
        page.click(".demo-people button:has-text('林晓')")
        page.wait_for_selector("[data-drawn]")
        page.route("**/moods", lambda route: route.fulfill(status=403))
        button = page.locator(POST).first.locator("button.mood:has-text('支持')")
        button.click()
        page.wait_for_selector(f"{POST} [role=alert]")
        assert "没有记下" in page.locator(f"{POST} [role=alert]").first.inner_text()
        assert button.is_enabled()
