from pathlib import Path

import pytest
from sqlalchemy import select

from storage.base import Database
from storage.person import Person, Role
from storage.schedule import Schedule
from storage.topic import Source, Topic
from tests.chengqing.conftest import Run


def _database() -> Database:
    return Database("sqlite:///chengqing.db")


def test_init_makes_everything_and_hides_the_secret(installed: Run) -> None:
    database = _database()
    with database.read() as session:
        person = session.scalar(select(Person))
        assert person is not None
        assert person.may(Role.OPERATOR)
        assert person.alerted
        assert person.password.startswith("$argon2")
        assert session.scalar(select(Topic.query)) == "獾杯 OR 云獾"
        assert session.scalar(select(Source.kind)) == "feed"
        works = set(session.scalars(select(Schedule.work)))
    database.close()
    assert works == {"crawl", "score", "detect", "send", "digest", "purge"}
    assert Path("chengqing.env").stat().st_mode & 0o077 == 0
    assert "SECRET" not in Path("chengqing.toml").read_text(encoding="utf-8")


def test_init_twice_changes_no_secret_and_adds_nobody(installed: Run) -> None:
    before = Path("chengqing.env").read_text(encoding="utf-8")
    again = installed("init", "--no-input", "--email", "admin@example.com")
    assert again.exit_code == 0
    assert Path("chengqing.env").read_text(encoding="utf-8") == before
    assert len(installed("people", "list").output.splitlines()) == 1


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


def test_init_asks_for_what_no_flag_gave(run: Run) -> None:
    words = ["示例有限公司", "admin@example.com", "管理员", "獾杯", "", "", ""]
    words += ["correct horse battery"] * 2
    result = run("init", stdin="\n".join(words) + "\n")
    assert result.exit_code == 0, result.output
    assert "獾杯" in run("people", "list").output or "admin@example.com" in result.output


def test_a_query_that_cannot_be_read_is_one_line(run: Run) -> None:
    result = run("init", "--no-input", "--topic", "x", "--query", '(獾杯 AND "')
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_doctor_says_what_to_do_and_exits_1(installed: Run) -> None:
    result = installed("doctor")
    assert result.exit_code == 1
    assert "CHENGQING_SMTP" in result.output
    assert all(line.startswith("✗") for line in result.output.splitlines())


def test_without_a_database_the_next_step_is_named(run: Run) -> None:
    for words in (("people", "list"), ("incident", "list"), ("watch",), ("up",)):
        result = run(*words)
        assert result.exit_code == 1
        assert "chengqing init" in result.output


def test_a_database_that_cannot_be_reached_is_one_line(run: Run) -> None:
    result = run("--database", "postgresql://nobody@127.0.0.1:9/none", "migrate")
    assert result.exit_code == 1
    assert len(result.output.splitlines()) == 1
    assert "CHENGQING_DATABASE" in result.output


def test_people_are_added_changed_and_refused_twice(installed: Run) -> None:
    words = ("people", "add", "Lawyer@Example.com", "--name", "法务", "--role", "legal")
    assert installed(*words, "--password-stdin", stdin="correct horse\n").exit_code == 0
    assert "lawyer@example.com\t法务\tlegal" in installed("people", "list").output
    again = installed(*words, "--password-stdin", stdin="correct horse\n")
    assert again.exit_code == 1
    assert installed("people", "set", "lawyer@example.com", "--inactive").exit_code == 0
    assert "✗" in installed("people", "list").output
    assert installed("people", "set", "who@example.com", "--active").exit_code == 1


def test_a_short_password_is_refused(installed: Run) -> None:
    result = installed("people", "add", "a@b.c", "--name", "a", "--password-stdin", stdin="1\n")
    assert result.exit_code == 2


def test_a_robots_override_needs_a_reason_and_a_name(installed: Run) -> None:
    words = ("source", "add", "feed", "http://example.com/rss", "--override-robots", "站方书面同意")
    assert installed(*words).exit_code == 2
    assert installed(*words, "--by", "管理员").exit_code == 0
    database = _database()
    with database.read() as session:
        kept = session.scalars(select(Source).order_by(Source.id.desc())).first()
        assert kept is not None
        assert (kept.robots_override_by, kept.robots_override_reason) == ("管理员", "站方书面同意")
        assert kept.robots_override_at is not None
    database.close()


def test_a_source_is_listed_switched_and_refused_when_wrong(installed: Run) -> None:
    name = "feed http://127.0.0.1:9/rss.xml"
    assert name in installed("source", "list").output
    assert installed("source", "set", name, "--disabled").exit_code == 0
    assert installed("source", "list").output.startswith("✗")
    assert installed("source", "add", "feed", "ftp://example.com").exit_code == 2
    assert installed("source", "add", "nokind", "http://example.com").exit_code == 2
    assert installed("source", "set", "none", "--enabled").exit_code == 2


def test_a_backup_is_restored_elsewhere(installed: Run) -> None:
    assert installed("backup", "all.zip").exit_code == 0
    assert installed("backup", "all.zip").exit_code == 2
    elsewhere = ("--database", "sqlite:///other.db")
    assert installed(*elsewhere, "restore", "all.zip").exit_code == 0
    assert "admin@example.com" in installed(*elsewhere, "people", "list").output
    assert installed(*elsewhere, "restore", "all.zip").exit_code == 1
    assert installed("verify").exit_code == 0
