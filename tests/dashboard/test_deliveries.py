from __future__ import annotations

import json

from releases import audit
from storage.delivery import Delivery
from storage.person import Person


def put(house, state: str) -> None:
    now = house.clock()
    error = json.dumps({"key": "delivery.nothing_like_it", "values": {}})
    with house.database.begin() as session:
        session.add(
            Delivery(
                key=state,
                channel="mail",
                address="who@example.com",
                payload={"subject": "<b>预警</b>"},
                state=state,
                created=now,
                next_at=now,
                attempts=5,
                error=error if state == "failed" else None,
            )
        )


def test_failures_are_seen_first_and_tried_again(house, browse):
    put(house, "sent")
    put(house, "failed")
    browser = browse("孟管")
    page = browser.get("/deliveries").text
    assert "&lt;b&gt;预警" in page
    assert page.index("state-failed") < page.index("state-sent")
    assert browser.submit("/deliveries/2/retry").headers["location"].endswith("said=retried")
    with house.database.read() as session:
        assert session.get_one(Delivery, 2).state == "due"
    assert browser.submit("/deliveries/2/retry").headers["location"].endswith("not_retried")


def test_what_cannot_be_sent_is_set_aside_and_waits_no_longer(house, browse):
    put(house, "failed")
    browser = browse("孟管")
    assert "送达失败" in browser.get("/now/needs").text
    assert browser.submit("/deliveries/1/drop").headers["location"].endswith("said=dropped")
    assert "送达失败" not in browser.get("/now/needs").text
    page = browser.get("/deliveries").text
    assert "已搁置" in page
    with house.database.read() as session:
        (step,) = audit.steps_of(session, "delivery", 1)
        assert session.get_one(Person, step.person_id).name == "孟管"
        assert step.action == "set_aside"
    assert "/deliveries/1/retry" not in page
    assert browser.submit("/deliveries/1/drop").headers["location"].endswith("not_retried")


def test_only_operators_try_again(house, browse):
    put(house, "failed")
    browser = browse("林晓")
    assert "重新发送" not in browser.get("/deliveries").text
    for step in ("retry", "drop"):
        assert browser.submit(f"/deliveries/1/{step}").status_code == 403
