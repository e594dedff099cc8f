from pathlib import Path

import pytest
from sqlalchemy import select, update

from chengqing.pipeline.crawl import spec_of
from storage.base import Database
from storage.person import Person, Role
from storage.release import Step
from storage.schedule import Schedule
from storage.topic import Source, Topic
from tests.chengqing.conftest import SECRET, Run
from tests.conftest import PostgreSQL


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


def test_init_again_says_what_it_left_as_it_was(installed: Run) -> None:
    words = ("init", "--no-input", "--company", "示例食品有限公司")
    assert installed(*words, "--smtp", "smtp://127.0.0.1:1?from=a@b.c").stderr == ""
    again = installed(*words[:3], "另一家", "--smtp", "smtp://127.0.0.1:2?from=a@b.c")
    assert "CHENGQING_SMTP" in again.stderr
    assert "CHENGQING_COMPANY_NAME" in again.stderr
    moved = installed("--database", "sqlite:///other.db", *words)
    assert "CHENGQING_DATABASE" in moved.stderr


def test_the_database_that_init_used_is_the_one_of_the_next_shell(
    run: Run, monkeypatch: pytest.MonkeyPatch, empty_url: str
) -> None:
    monkeypatch.setenv("CHENGQING_DATABASE", empty_url)
    assert run("init", "--no-input", "--topic", "獾杯").exit_code == 0
    monkeypatch.delenv("CHENGQING_DATABASE")
    assert "獾杯" in run("topic", "list").output


def test_init_makes_no_second_secret_beside_that_of_the_environment(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHENGQING_SECRET", SECRET)
    assert run("init", "--no-input").exit_code == 0
    monkeypatch.delenv("CHENGQING_SECRET")
    refused = run("serve", "--port", "0")
    assert refused.exit_code == 2
    assert "CHENGQING_SECRET" in refused.stderr


def test_init_keeps_a_password_of_the_database_out_of_the_settings_file(
    run: Run, postgresql: PostgreSQL
) -> None:
    name = postgresql.create()
    address = postgresql.url(name).replace("chengqing@", "chengqing:hunter2@")
    assert run("--database", address, "init", "--no-input", "--topic", "獾杯").exit_code == 0
    assert "hunter2" not in Path("chengqing.toml").read_text(encoding="utf-8")
    assert "獾杯" in run("topic", "list").output
    postgresql.drop(name)


def test_a_wrong_path_to_the_database_makes_no_folder(run: Run) -> None:
    refused = run("--database", "sqlite:///wrong/path/a.db", "people", "list")
    assert refused.exit_code == 1
    assert "chengqing init" in refused.stderr
    assert not Path("wrong").exists()
    assert run("--database", "sqlite:///new/path/a.db", "init", "--no-input").exit_code == 0
    assert Path("new/path/a.db").is_file()


def test_init_asks_for_what_no_flag_gave(run: Run) -> None:
    words = ["示例有限公司", "admin@example.com", "管理员", "獾杯", "", "", ""]
    words += ["correct horse battery"] * 2
    result = run("init", stdin="\n".join(words) + "\n")
    assert result.exit_code == 0, result.output
    assert "admin@example.com\t管理员" in run("people", "list").output
    assert "獾杯\t獾杯" in run("topic", "list").output


def test_a_query_that_cannot_be_read_is_one_line(run: Run) -> None:
    result = run("init", "--no-input", "--topic", "x", "--query", '(獾杯 AND "')
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert "引号" in result.stderr
    assert "unclosed" not in result.stderr


def test_doctor_says_what_to_do_and_exits_1(installed: Run) -> None:
    result = installed("doctor")
    assert result.exit_code == 1
    assert "CHENGQING_SMTP" in result.output
    assert all(line.startswith("✗") for line in result.output.splitlines())


def test_doctor_tells_a_failed_work_in_one_line(installed: Run) -> None:
    database = _database()
    with database.begin() as session:
        error = "OperationalError: canceling statement\n[SQL: UPDATE mention]\n(Background)"
        session.execute(update(Schedule).where(Schedule.name == "score").values(error=error))
    database.close()
    said = installed("doctor").output
    assert "score" in said
    assert all(line.startswith("✗") for line in said.splitlines())


def test_doctor_tells_of_a_database_that_lets_itself_only_be_read(
    run: Run, postgresql: PostgreSQL
) -> None:
    name = postgresql.create()
    assert run("--database", postgresql.url(name), "init", "--no-input").exit_code == 0
    postgresql.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    assert "read-only transaction" in run("doctor").output
    postgresql.drop(name)


def test_doctor_speaks_one_language_and_finds_a_cookie_in_the_file_of_secrets(
    installed: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHENGQING_LANGUAGE", "en")
    monkeypatch.setenv("CHENGQING_SMTP", "smtp://127.0.0.1:1?from=a@b.c")
    installed("source", "add", "feed", "http://a.example/", "--cookie-setting", "SITE")
    said = installed("doctor").output
    assert "Cannot connect to the mail server 127.0.0.1:1" in said
    assert "CHENGQING_COOKIE_SITE" in said
    with Path("chengqing.env").open("a", encoding="utf-8") as file:
        file.write("CHENGQING_COOKIE_SITE=sid\n")
    assert "CHENGQING_COOKIE_SITE" not in installed("doctor").output


def test_a_mail_setting_that_cannot_work_is_told_before_the_watch_begins(
    installed: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHENGQING_SMTP", "smtp://pr@mail.example.com:587")
    for words in (("watch",), ("up", "--port", "0")):
        result = installed(*words)
        assert result.exit_code == 2
        assert result.output.count("CHENGQING_SMTP") == 2


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


@pytest.mark.parametrize("password", ["1", "a" * 12, "long enough " * 20, "Long.Address@B.C"])
def test_a_password_is_refused_that_the_sign_in_page_would_not_take(
    installed: Run, password: str
) -> None:
    words = ("people", "add", "long.address@b.c", "--name", "a", "--password-stdin")
    result = installed(*words, stdin=f"{password}\n")
    assert result.exit_code == 2
    assert "密码太" in result.stderr


@pytest.mark.parametrize("email", ["admin", "a b@example.com", "@example.com"])
def test_what_is_no_mail_address_is_refused(run: Run, installed: Run, email: str) -> None:
    words = ("people", "add", email, "--name", "a", "--password-stdin")
    result = installed(*words, stdin="correct horse battery\n")
    assert result.exit_code == 2
    assert "邮箱地址不对" in result.stderr
    assert run("init", "--no-input", "--email", email).exit_code == 2


def test_a_robots_override_needs_a_reason_and_a_name(installed: Run) -> None:
    words = ("source", "add", "feed", "http://example.com/rss", "--override-robots", "站方书面同意")
    assert installed(*words).exit_code == 2
    assert installed(*words, "--by", "管理员").exit_code == 0
    database = _database()
    with database.read() as session:
        kept = session.scalars(select(Source).order_by(Source.id.desc())).first()
        assert kept is not None
        assert (kept.robots_override_by, kept.robots_override_reason) == ("管理员", "站方书面同意")
        assert spec_of(kept, ()).robots_override is not None
    assert installed(*words[:4]).exit_code == 0
    with database.read() as session:
        kept = session.get_one(Source, kept.id)
        assert spec_of(kept, ()).robots_override is None
        assert kept.robots_override_by == "管理员"
    database.close()


def test_a_source_is_listed_switched_and_refused_when_wrong(installed: Run) -> None:
    name = "feed http://127.0.0.1:9/rss.xml"
    assert name in installed("source", "list").output
    assert installed("source", "set", name, "--disabled").exit_code == 0
    assert installed("source", "list").output.startswith("✗")
    assert installed("source", "add", "feed", "ftp://example.com").exit_code == 2
    assert installed("source", "add", "nokind", "http://example.com").exit_code == 2
    assert "No such file" not in installed("source", "add", "feed").output
    wordless = installed("source", "add", "weibo", "https://m.weibo.cn")
    assert wordless.exit_code == 2
    assert "query" in wordless.output
    assert installed("source", "set", "none", "--enabled").exit_code == 2


def test_a_source_at_another_address_begins_anew(installed: Run) -> None:
    words = ("source", "add", "feed", "http://a.example/rss", "--name", "源")
    assert installed(*words).exit_code == 0
    database = _database()
    held = {"etag": "1", "known": {"a": "b"}}
    with database.begin() as session:
        session.execute(update(Source).where(Source.name == "源").values(state=held))
    assert installed(*words).exit_code == 0
    with database.read() as session:
        assert session.scalars(select(Source.state).where(Source.name == "源")).one() == held
    assert installed(*words[:3], "http://b.example/rss", *words[4:]).exit_code == 0
    with database.read() as session:
        assert session.scalars(select(Source.state).where(Source.name == "源")).one() == {}
    database.close()


def test_a_source_added_again_is_crawled_again(installed: Run) -> None:
    name = "feed http://127.0.0.1:9/rss.xml"
    assert installed("source", "set", name, "--disabled").exit_code == 0
    assert installed("source", "add", "feed", "http://127.0.0.1:9/rss.xml").exit_code == 0
    database = _database()
    with database.read() as session:
        assert session.scalar(select(Source.enabled))
        assert session.scalar(select(Schedule.enabled).where(Schedule.work == "crawl"))
    database.close()


def test_an_altered_audit_log_is_said_in_words(installed: Run) -> None:
    assert installed("topic", "add", "乙", "乙").exit_code == 0
    database = _database()
    with database.begin() as session:
        session.execute(update(Step).values(action="other"))
    database.close()
    result = installed("verify")
    assert result.exit_code == 1
    assert "审计记录第 1 条被改动过" in result.stderr
    assert "Problem(" not in result.stderr


def test_a_backup_is_restored_elsewhere(installed: Run) -> None:
    assert installed("backup", "all.zip").exit_code == 0
    assert installed("backup", "all.zip").exit_code == 2
    elsewhere = ("--database", "sqlite:///other.db")
    assert installed(*elsewhere, "restore", "all.zip").exit_code == 0
    assert "admin@example.com" in installed(*elsewhere, "people", "list").output
    assert installed(*elsewhere, "restore", "all.zip").exit_code == 1
    assert installed("verify").exit_code == 0
