from __future__ import annotations

import re

from chengqing.demo.company import DemoCompany
from chengqing.demo.posts import Script


def test_people_hold_every_role_of_the_way_to_a_statement(demo_company: DemoCompany) -> None:
    roles = {role for person in demo_company.people for role in person.roles}
    assert {"officer", "author", "pr_lead", "legal", "publisher", "operator"} <= roles
    assert len({person.email for person in demo_company.people}) == len(demo_company.people)


def test_facts_are_verified_by_another_and_owned(demo_company: DemoCompany) -> None:
    keys = {person.key for person in demo_company.people}
    assert len(demo_company.facts) >= 6
    for fact in demo_company.facts:
        assert {fact.entered_by, fact.verified_by, fact.owner} <= keys
        assert fact.entered_by != fact.verified_by
        assert fact.kind in {"finding", "action", "advice"}
        assert fact.source
        assert fact.evidence
        assert "[" not in fact.statement + fact.source


def test_every_question_of_the_public_has_a_fact(demo_company: DemoCompany, script: Script) -> None:
    asked = {post.concern for post in script.posts if post.concern}
    answered = {fact.concern for fact in demo_company.facts}
    assert asked == answered == set(demo_company.words)
    for fact in demo_company.facts:
        if fact.key == fact.concern:
            assert any(word in fact.statement for word in demo_company.words[fact.concern])


def test_what_the_public_reacts_to_is_a_question(demo_company: DemoCompany, script: Script) -> None:
    reacted = {post.needs or post.lacks for post in script.posts} - {None}
    assert reacted == set(demo_company.words)


def test_nothing_can_be_dialled_or_mailed(demo_company: DemoCompany) -> None:
    profile = demo_company.profile
    assert all(person.email.endswith(".example") for person in demo_company.people)
    assert profile.contact_email.endswith(".example")
    said = " ".join(fact.statement for fact in demo_company.facts)
    numbers = {profile.hotline, profile.contact_phone, *re.findall(r"\d{4}-\d{7}", said)}
    assert all(number.startswith("0000-") for number in numbers)
