"""People on the command line: addresses are one person's each, and can be changed."""

from __future__ import annotations

import pytest

from tests.chengqing.conftest import Run


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "已经有人用了"), ("en", "is taken; to change the person")]
)
def test_a_taken_address_is_said_in_the_terminals_language(
    installed: Run, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    monkeypatch.setenv("CHENGQING_LANGUAGE", language)
    words = ("people", "add", "Admin@example.com", "--name", "甲", "--password-stdin")
    result = installed(*words, stdin="correct horse battery\n")
    assert result.exit_code == 1
    assert said in result.output
    assert "Admin@example.com" in result.output


def test_someone_moves_to_another_address(installed: Run) -> None:
    words = ("people", "add", "b@example.com", "--name", "乙", "--password-stdin")
    assert installed(*words, stdin="correct horse battery\n").exit_code == 0
    assert installed("people", "move", "b@example.com", "C@example.com").exit_code == 0
    listed = installed("people", "list").output
    assert "c@example.com" in listed
    assert "b@example.com" not in listed
    taken = installed("people", "move", "c@example.com", "admin@example.com")
    assert taken.exit_code == 1
    assert "admin@example.com" in taken.output
    for wrong in ("no address", "c@nowhere"):
        assert installed("people", "move", "c@example.com", wrong).exit_code == 2
