"""A source that goes blind is told once, and once more when it sees again."""

from __future__ import annotations

import pytest

from alerts.rules import Kind
from alerts.sight import BLIND_AFTER, Sight, look


def sight(*outcomes: str, worked: bool = True, told_blind: bool = False) -> Sight:
    return Sight(7, "微博搜索", outcomes, worked, told_blind)


@pytest.mark.parametrize(
    "outcome", ["blocked", "login_needed", "markup_changed", "network_error", "timeout"]
)
def test_three_failures_in_a_row_are_told(outcome: str) -> None:
    assert look(sight(outcome, outcome, "ok")) == []
    (draft,) = look(sight(outcome, "timeout", outcome, "ok"))
    assert draft.kind is Kind.BLIND
    assert draft.values == {"source": "微博搜索", "count": 3, "outcome": outcome}


@pytest.mark.parametrize("outcome", ["ok", "empty", "duplicates_only", "filtered"])
def test_nothing_new_is_not_blindness(outcome: str) -> None:
    assert look(sight(*[outcome] * 5)) == []
    (draft,) = look(sight(outcome, *["blocked"] * 5, told_blind=True))
    assert draft.kind is Kind.SEEING


def test_told_once_each_way() -> None:
    blind = ["blocked"] * BLIND_AFTER
    assert look(sight(*blind, told_blind=True)) == []
    assert look(sight("ok", *blind, told_blind=False)) == []


def test_what_never_worked_is_a_setting_to_mend() -> None:
    assert look(sight(*["login_needed"] * 9, worked=False)) == []
    assert look(sight()) == []
    assert look(sight(told_blind=True)) == []
