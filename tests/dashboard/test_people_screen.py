from __future__ import annotations

from sqlalchemy import select

from dashboard.people import check_password
from storage.delivery import Delivery
from storage.person import Person, by_email

GOOD = "一个 足够长 的 初始密码"


def test_someone_is_added_and_can_be_found(house, browse):
    answer = browse("孟管").submit(
        "/people", email=" New@Example.com ", name="新人", password=GOOD, roles=["author", "king"]
    )
    assert answer.status_code == 303
    with house.database.read() as session:
        person = by_email(session, "new@example.com")
    assert person is not None
    assert person.roles == ["author"]
    assert check_password(person.password, GOOD)


def test_what_is_wrong_is_said_and_the_rest_kept(browse):
    browser = browse("孟管")
    for fields, word in (
        ({"email": "no", "name": "某", "password": GOOD}, "邮箱地址不对"),
        ({"email": "a,b@b.cc", "name": "某", "password": GOOD}, "邮箱地址不对"),
        ({"email": "a b@b.cc", "name": "某", "password": GOOD}, "邮箱地址不对"),
        ({"email": f"{'a' * 65}@b.cc", "name": "某", "password": GOOD}, "邮箱地址不对"),
        ({"email": "a@b.cc", "name": " ", "password": GOOD}, "请写姓名"),
        ({"email": "a@b.cc", "name": "某人名", "password": "short"}, "太短"),
        ({"email": "P1@example.com", "name": "某人名", "password": GOOD}, "已经有人用了"),
    ):
        answer = browser.submit("/people", **fields)
        assert answer.status_code in (400, 409)
        assert word in answer.text
    assert "某人名" in answer.text


def test_roles_hold_at_once(house, browse):
    reader = browse("林晓")
    browse("孟管").submit("/people/1", roles=["watcher"], active="yes")
    assert reader.submit("/incidents/1/own").status_code == 403


def test_closing_an_account_ends_its_sessions(browse):
    reader = browse("林晓")
    browse("孟管").submit("/people/1", roles=["officer"])
    assert reader.get("/", follow_redirects=False).status_code == 303


def test_another_address_gets_what_the_old_one_was_owed(house, browse):
    now = house.clock()
    with house.database.begin() as session:
        for number, state in enumerate(("due", "failed", "sent"), 1):
            row = {"key": state, "channel": "mail", "address": "p1@example.com", "payload": {}}
            session.add(Delivery(id=number, state=state, created=now, next_at=now, **row))
    operator = browse("孟管")
    assert operator.submit("/people/1/email", email="not an address").status_code == 400
    assert operator.submit("/people/1/email", email="p2@example.com").status_code == 409
    assert operator.submit("/people/1/email", email="P1@example.com").status_code == 303
    assert operator.submit("/people/1/email", email=" New@Example.com").status_code == 303
    with house.database.read() as session:
        assert session.get_one(Person, 1).email == "new@example.com"
        addresses = list(session.scalars(select(Delivery.address).order_by(Delivery.id)))
    assert addresses == ["new@example.com", "new@example.com", "p1@example.com"]
    assert browse("林晓").submit("/people/1/email", email="x@example.com").status_code == 403


def test_the_last_operator_stays(house, browse):
    answer = browse("孟管").submit("/people/6", roles=["officer"], active="yes")
    assert answer.status_code == 409
    with house.database.read() as session:
        assert session.get_one(Person, 6).roles == ["operator"]


def test_a_new_password_ends_sessions_and_lifts_the_lock(house, browse, clock):
    with house.database.begin() as session:
        session.get_one(Person, 1).locked_until = clock.now.replace(year=2027)
    reader = browse("林晓")
    assert browse("孟管").submit("/people/1/password", password="short").status_code == 400
    browse("孟管").submit("/people/1/password", password=GOOD)
    assert reader.get("/account", follow_redirects=False).status_code == 303
    with house.database.read() as session:
        assert session.get_one(Person, 1).locked_until is None
