"""The mail setting: read whole, or refused with what to change."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.mail import SmtpSender
from delivery.smtp_setting import SettingError, parse_smtp


def test_everything_named() -> None:
    url = "smtp://pr%40corp.cn:p%3Aw%40rd@mail.corp.cn:2525?from=news+pr@corp.cn&tls=starttls"
    setting = parse_smtp(url)
    assert (setting.host, setting.port, setting.tls) == ("mail.corp.cn", 2525, "starttls")
    assert (setting.user, setting.password) == ("pr@corp.cn", "p:w@rd")
    assert setting.sender.addr_spec == "news+pr@corp.cn"


@pytest.mark.parametrize(
    ("url", "tls", "port"),
    [
        ("smtp://mail.corp.cn?from=a@b.cn", "starttls", 587),
        ("smtps://mail.corp.cn?from=a@b.cn", "tls", 465),
        ("smtp://127.0.0.1?from=a@b.cn", "none", 25),
        ("smtp://[::1]:26?from=a@b.cn", "none", 26),
        ("smtp://relay.corp.cn?from=a@b.cn&tls=none", "none", 25),
        ("smtp://mail.corp.cn?from=a@b.cn&tls=tls", "tls", 465),
    ],
)
def test_encryption_is_the_default_elsewhere(url: str, tls: str, port: int) -> None:
    setting = parse_smtp(url)
    assert (setting.tls, setting.port) == (tls, port)


def test_a_user_that_is_an_address_is_the_sender() -> None:
    assert parse_smtp("smtps://a%40b.cn:x@smtp.b.cn").sender.addr_spec == "a@b.cn"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "smtp://"),
        ("mail.corp.cn", "smtp://"),
        ("http://mail.corp.cn", "smtp://"),
        ("smtp://[::1?from=a@b.cn", "smtp://"),
        ("smtp:///?from=a@b.cn", "主机"),
        ("smtp://m.cn:0?from=a@b.cn", "端口"),
        ("smtp://m.cn:99999?from=a@b.cn", "端口"),
        ("smtp://m.cn:abc?from=a@b.cn", "端口"),
        ("smtp://m.cn", "from="),
        ("smtp://u:p@m.cn", "from="),
        ("smtp://m.cn?from=nobody", "from="),
        ("smtp://m.cn?from=a@b.cn%0d%0aBcc:x@y.cn", "from="),
        ("smtp://m.cn?from=a@b.cn&tls=maybe", "tls="),
        ("smtp://m.cn?from=a@b.cn&tsl=tls", "tsl"),
        ("smtp://m.cn?from=a@b.cn&from=c@d.cn", "from"),
        ("smtp://u@m.cn?from=a@b.cn", "密码"),
        ("smtp://u:%E5%AF%86@m.cn?from=a@b.cn", "ASCII"),
        ("smtp://m.cn?from=a@b.cn&ca=/nowhere.pem", "/nowhere.pem"),
    ],
)
def test_what_is_wrong_is_said(url: str, words: str) -> None:
    with pytest.raises(SettingError, match="CHENGQING_SMTP") as caught:
        parse_smtp(url)
    assert words in str(caught.value)


def test_a_file_that_is_no_certificate(tmp_path: Path) -> None:
    (tmp_path / "x.pem").write_text("not a certificate")
    with pytest.raises(SettingError, match="ca="):
        parse_smtp(f"smtp://m.cn?from=a@b.cn&ca={tmp_path / 'x.pem'}")


def test_the_password_shows_nowhere() -> None:
    sender = SmtpSender.from_url("smtp://u:hush-hush@m.cn?from=a@b.cn")
    assert "hush" not in repr(sender) + str(sender.setting)
    with pytest.raises(SettingError) as caught:
        parse_smtp("smtp://u:hush-hush@m.cn:99999?from=a@b.cn&tls=x")
    assert "hush" not in str(caught.value)


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    for url in (text, f"smtp://{text}", f"smtp://m.cn?{text}", f"smtp://m.cn?from={text}"):
        with contextlib.suppress(SettingError):
            assert 0 < parse_smtp(url).port < 65536
