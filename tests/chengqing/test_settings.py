from datetime import timedelta
from pathlib import Path

import pytest

from alerts.response import OWED
from chengqing import begin
from chengqing.settings import SettingsError, load

SECRET = "s" * 40


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _write(text: str) -> Path:
    path = Path("chengqing.toml")
    path.write_text(text, encoding="utf-8")
    return path


def test_an_argument_wins_over_the_environment_and_that_over_the_file() -> None:
    _write('zone = "Asia/Tokyo"\nport = 1\nhost = "a"\n')
    found = load({"CHENGQING_PORT": "2", "CHENGQING_HOST": "b"}, host="c")
    assert (found.zone, found.port, found.host) == ("Asia/Tokyo", 2, "c")


def test_an_unknown_key_is_refused_wherever_it_stands_and_the_nearest_is_named() -> None:
    with pytest.raises(SettingsError, match=r"databaze.*database"):
        load({"CHENGQING_DATABAZE": "sqlite://"})
    _write('smpt = "smtp://x"\n')
    with pytest.raises(SettingsError, match=r"smpt.*smtp"):
        load({})


def test_the_response_is_owed_when_the_settings_say() -> None:
    assert load({}).owed == dict(OWED)
    _write("[response]\nfirst = 45\nfull = 600\n")
    owed = load({"CHENGQING_RESPONSE_FIRST": "20"}).owed
    assert (owed["first"], owed["full"]) == (timedelta(minutes=20), timedelta(hours=10))
    assert owed["assess"] == OWED["assess"]
    with pytest.raises(SettingsError, match=r"response\.first"):
        load({"CHENGQING_RESPONSE_FIRST": "0"})
    with pytest.raises(SettingsError, match=r"response\.frist"):
        load({"CHENGQING_RESPONSE_FRIST": "20"})


def test_cookies_are_no_settings() -> None:
    assert load({"CHENGQING_COOKIE_WEIBO": "SUB=1"}).secret is None


def test_a_secret_in_the_file_is_refused_and_a_short_one_too() -> None:
    _write(f'secret = "{SECRET}"\n')
    with pytest.raises(SettingsError, match=r"chengqing\.env"):
        load({})
    _write("")
    with pytest.raises(SettingsError, match="32"):
        load({"CHENGQING_SECRET": "short"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("smtp", "smtp://pr:hunter2@mail.example.com:587?from=pr@example.com"),
        ("database", "postgresql://pr:hunter2@db.internal/pr"),
        ("database", "postgresql://pr@/pr?host=/run&password=hunter2"),
    ],
)
def test_a_password_in_the_file_is_refused_and_not_shown(name: str, value: str) -> None:
    _write(f'{name} = "{value}"\n')
    with pytest.raises(SettingsError, match=f"CHENGQING_{name.upper()}") as told:
        load({})
    assert "hunter2" not in str(told.value)
    assert load({f"CHENGQING_{name.upper()}": value}, config=_write("")).model_fields_set == {name}


@pytest.mark.parametrize(
    "line",
    [
        'smtp = "smtp://mail.internal:25?from=pr@example.com"',
        'smtp = "smtp://mail.internal:25/?from=pr@example.com"',
        'database = "postgresql://pr@db.internal:5432/pr"',
        'public_url = "https://news.example.com/pr"',
    ],
)
def test_an_address_without_a_password_may_stand_in_the_file(line: str) -> None:
    _write(line + "\n")
    assert load({}).model_fields_set == {line.split(" ")[0]}


def test_a_file_of_secrets_is_added_to_and_never_written_anew(tmp_path: Path) -> None:
    kept = tmp_path / "kept.env"
    kept.write_text(f"CHENGQING_SECRET={SECRET}", encoding="utf-8")
    Path("chengqing.env").hardlink_to(kept)
    kept.chmod(0o644)
    begin.write_environment(
        Path("chengqing.env"), {"CHENGQING_SECRET": "t" * 40, "CHENGQING_CONTACT": "王五"}
    )
    found = load({})
    assert (found.key, found.contact) == (SECRET, "王五")
    assert kept.stat().st_mode & 0o077 == 0
    assert kept.samefile("chengqing.env")


def test_secrets_are_read_from_the_env_file_and_never_shown() -> None:
    Path("chengqing.env").write_text(f"CHENGQING_SECRET='{SECRET}'\n", encoding="utf-8")
    found = load({})
    assert found.key == SECRET
    assert SECRET not in repr(found)


def test_the_environment_wins_over_the_env_file() -> None:
    Path("chengqing.env").write_text(f"CHENGQING_SECRET={SECRET}\n", encoding="utf-8")
    assert load({"CHENGQING_SECRET": "t" * 40}).key == "t" * 40


def test_hosts_are_split_and_the_company_is_gathered() -> None:
    _write('[company]\nname = "甲"\ncity = "北京"\n')
    found = load({"CHENGQING_ALLOW_PRIVATE": "a:1, b", "CHENGQING_COMPANY_CITY": "上海"})
    assert found.allow_private == ("a:1", "b")
    assert (found.who.name, found.who.city) == ("甲", "上海")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ZONE", "Mars/Base"),
        ("PORT", "70000"),
        ("POLICY", "nobody"),
        ("CLOCK", "now"),
        ("CLOCK", "2026-05-20/2026-05-20/60"),
        ("PUBLIC_URL", "news.example.com"),
        ("PUBLIC_URL", "https://"),
    ],
)
def test_a_wrong_value_names_its_setting(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name.lower()) as told:
        load({f"CHENGQING_{name}": value})
    if name in ("CLOCK", "PUBLIC_URL"):
        assert "例：" in str(told.value)


def test_a_file_that_is_not_toml_or_not_there_is_one_clear_line() -> None:
    _write("port = = 1")
    with pytest.raises(SettingsError, match=r"chengqing\.toml"):
        load({})
    with pytest.raises(SettingsError, match=r"missing\.toml"):
        load({}, config=Path("missing.toml"))


def test_a_wrong_setting_is_told_in_the_terminals_language(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("chengqing.env").write_text("CHENGQING_LANGUAGE=en\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"^there is no setting portt; did you mean port"):
        load({"CHENGQING_PORTT": "1"})
    with pytest.raises(SettingsError, match=r"zone is wrong: there is no time zone Mars"):
        load({"CHENGQING_ZONE": "Mars"})
    monkeypatch.setenv("CHENGQING_LANGUAGE", "zh")
    with pytest.raises(SettingsError, match=r"^设置 zone 的值不对：时区 Mars"):
        load({"CHENGQING_ZONE": "Mars"})


def test_a_file_of_secrets_that_cannot_be_read_is_told() -> None:
    Path("chengqing.env").write_bytes("CHENGQING_CONTACT=王五\n".encode("gbk"))
    with pytest.raises(SettingsError, match=r"chengqing\.env"):
        load({})


def test_a_password_is_taken_as_it_stands() -> None:
    address = "smtp://a:x${HOME}y@b"
    begin.write_environment(Path("chengqing.env"), {"CHENGQING_SMTP": address})
    smtp = load({}).smtp
    assert smtp is not None
    assert smtp.get_secret_value() == address
