from __future__ import annotations

from storage.incident import Alert
from storage.topic import Topic


def test_curves_are_drawn_and_nothing_breaks_the_content_policy(page, enter):
    enter("林晓")
    page.wait_for_selector("[data-chart][data-drawn] canvas")
    assert int(page.get_attribute("[data-chart]", "data-drawn")) > 10
    # A hover reads all moods at once, beside the numbers' own time.
    page.hover("[data-chart] canvas", position={"x": 700, "y": 150})
    page.wait_for_selector(".tip-row")
    assert page.locator(".tip-row").count() == 5


def test_acknowledging_is_one_click_and_the_bell_is_gone(page, enter, house):
    enter("林晓")
    page.click("text=确认收到")
    page.wait_for_selector(".notice")
    assert page.locator(".need-alert").count() == 0


def test_a_new_alert_appears_without_a_reload(page, enter, house):
    enter("周宁")
    page.evaluate("window.stayed = true")
    with house.database.begin() as session:
        why = {"key": "dashboard.posts_n", "values": {"n": 4321}}
        session.add(Alert(incident_id=1, kind="update", at=house.clock(), text=why))
    page.wait_for_selector("#now-needs:has-text('4321')")
    assert page.evaluate("window.stayed")


def test_one_click_writes_a_draft(page, enter):
    enter("周宁")
    page.click("#now-concerns button")
    page.wait_for_selector(".statement")
    assert "酸奶里的异物是什么" in page.inner_text(".desk-concerns")
    assert "缺口" in page.inner_text(".statement")


def test_a_telephone_shows_clock_and_alert_first_and_never_scrolls_sideways(page, enter):
    enter("林晓")
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/", "/incidents/1", "/sources", "/facts", "/newsroom", "/search", "/account"):
        page.goto(path)
        wider = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wider, path
    page.goto("/")
    for first in (".clock", ".need-alert"):
        box = page.locator(first).first.bounding_box()
        assert box["y"] + box["height"] <= 844, first


def test_a_long_name_takes_no_room_from_the_rest(page, enter, house):
    with house.database.begin() as session:
        session.get_one(Topic, 1).name = "超" * 120 + "supercalifragilistic" * 4
        session.add(Topic(name="短", query="短", created=house.clock()))
    enter("林晓")
    for path in ("/", "/?topic=2", "/facts", "/incidents/1"):
        page.goto(path)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), path
    page.goto("/")
    assert page.locator(".top-stage").bounding_box()["width"] > 300


def test_words_are_legible_in_light_and_dark(page, enter):
    enter("林晓")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for pair in page.evaluate(CONTRAST):
            assert pair["ratio"] >= 4.5, (scheme, pair)


#: Ratio of text to its bed by WCAG 2.2, 1.4.3, for everything that shows text of its own.
CONTRAST = """() => {
  const part = (c) => { c /= 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const read = (text) => text.match(/[\\d.]+/g).map(Number);
  const bed = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = read(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const owns = (n) => [...n.childNodes].some((c) => c.nodeType === 3 && c.textContent.trim());
  const shown = [...document.querySelectorAll("body *")].filter((n) => owns(n) && n.offsetParent);
  return shown.map((n) => {
    const [a, b] = [light(read(getComputedStyle(n).color)), light(bed(n))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    return { text: n.textContent.trim().slice(0, 20), kind: n.className, ratio };
  });
}"""
