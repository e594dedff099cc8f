"""Mail against real servers, well-behaved and wayward: each answer means what it means."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from delivery.mail import SmtpSender
from delivery.mailbox import Mailbox
from delivery.undeliverable import Undeliverable, explain

Letters = Callable[..., object]


def refusal(sender: SmtpSender, message) -> Undeliverable:
    with pytest.raises(Undeliverable) as caught:
        sender.send(message)
    return caught.value


def test_a_mail_arrives_whole(mailbox: Mailbox, letter: Letters) -> None:
    receipt = SmtpSender.from_url(mailbox.url).send(letter())
    (mail,) = mailbox.messages
    assert mail["Subject"] == "【重大】酸奶"
    assert mail["To"] == "lin@example.cn"
    assert mail["X-Envelope-To"] == "lin@example.cn"
    assert "chengqing@localhost" in mail["From"]
    plain, rich = mail.iter_parts()
    assert plain.get_content().strip() == "正文"
    assert plain.get_content_type() == "text/plain"
    assert rich.get_content().strip() == "<p>正文</p>"
    assert "kept as 1" in receipt
    assert mail["Message-ID"] in receipt


def test_the_mailbox_keeps_a_maildir(tmp_path: Path, letter: Letters) -> None:
    with Mailbox(tmp_path / "mail") as box:
        SmtpSender.from_url(box.url).send(letter())
    assert len(list((tmp_path / "mail" / "new").iterdir())) == 1


def test_dots_and_long_text_survive(mailbox: Mailbox, letter: Letters) -> None:
    text = ".\r\n..\r\n" + "长" * 5_000
    SmtpSender.from_url(mailbox.url).send(letter(text=text))
    plain, _ = mailbox.messages[0].iter_parts()
    assert plain.get_content().replace("\r\n", "\n").strip() == text.replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("answers", "key", "final", "everyone"),
    [
        ({"RCPT": "550 5.1.1 no such user"}, "refused", True, False),
        ({"RCPT": "552 5.2.2 mailbox full"}, "mailbox_full", True, False),
        ({"RCPT": "452 4.2.2 mailbox full"}, "mailbox_full", False, False),
        ({"RCPT": "452 4.5.3 too many recipients"}, "wait_asked", False, False),
        ({"RCPT": "451 4.7.1 greylisted, try later"}, "wait_asked", False, False),
        ({"RCPT": "421 4.3.2 shutting down"}, "wait_asked", False, True),
        ({"DOT": "552 5.3.4 message too big"}, "too_large", True, False),
        ({"DOT": "554 5.7.1 spam"}, "refused", True, False),
        ({"DOT": "451 4.3.0 local error"}, "wait_asked", False, False),
        ({"DATA": "554 no valid recipients"}, "refused", True, False),
        ({"MAIL": "553 sender must be the account"}, "sender_refused", False, True),
        ({"MAIL": "552 5.3.4 too big"}, "too_large", True, False),
        ({"MAIL": "451 busy"}, "wait_asked", False, True),
        ({"HELLO": "554 not you"}, "wait_asked", False, True),
        ({"HELLO": "drop"}, "unreachable", False, True),
        ({"RCPT": "drop"}, "unreachable", False, True),
        ({"DOT": "drop"}, "in_doubt", False, False),
        ({"HELLO": "no smtp here"}, "wait_asked", False, True),
        ({"RCPT": "no smtp here"}, "wait_asked", False, True),
        ({"MAIL": "354 go on"}, "wait_asked", False, True),
        ({"DATA": "250 ok, but no message was asked for"}, "wait_asked", False, True),
        ({"DOT": "no smtp here"}, "in_doubt", False, False),
        ({"DOT": "354 go on"}, "in_doubt", False, False),
    ],
)
def test_each_answer_means_what_it_means(
    wayward, letter: Letters, answers: dict, key: str, final: bool, everyone: bool
) -> None:
    error = refusal(SmtpSender.from_url(wayward(**answers).url()), letter())
    assert error.reason.key == f"delivery.{key}"
    assert (error.final, error.everyone) == (final, everyone)
    for language in ("zh", "en"):
        assert "{" not in explain(error.stored, language)
        assert explain(error.stored, language)


@pytest.mark.parametrize(
    ("answer", "key"), [("535 5.7.8 bad", "wrong_password"), ("454 4.7.0 later", "wait_asked")]
)
def test_a_wrong_password_is_everyones_and_says_so(
    wayward, letter: Letters, answer: str, key: str
) -> None:
    server = wayward(AUTH=answer)
    error = refusal(SmtpSender.from_url(server.url(user="pr:secret-word@")), letter())
    assert error.reason.key == f"delivery.{key}"
    assert error.everyone
    assert not error.final
    assert "secret-word" not in str(error) + error.stored + repr(error)


def test_a_server_that_signs_in_by_other_means_is_not_called_unreachable(
    wayward, letter: Letters
) -> None:
    server = wayward(EHLO="250-wayward\r\n250 AUTH GSSAPI NTLM")
    error = refusal(SmtpSender.from_url(server.url(user="pr:secret@")), letter())
    assert error.reason.key == "delivery.wrong_password"
    assert error.everyone
    dropped = wayward(AUTH="drop")
    error = refusal(SmtpSender.from_url(dropped.url(user="pr:secret@")), letter())
    assert error.reason.key == "delivery.unreachable"


def test_a_closed_port_is_unreachable(letter: Letters) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    error = refusal(SmtpSender.from_url(f"smtp://127.0.0.1:{port}?from=a@b.cn"), letter())
    assert error.reason.key == "delivery.unreachable"
    assert str(port) in str(error)


@pytest.mark.parametrize(
    ("verb", "key"), [("HELLO", "no_answer"), ("RCPT", "no_answer"), ("DOT", "in_doubt")]
)
def test_a_silent_server_is_left_in_time(wayward, letter: Letters, verb: str, key: str) -> None:
    setting = SmtpSender.from_url(wayward(**{verb: "silent"}).url()).setting
    began = time.monotonic()
    error = refusal(SmtpSender(setting, answer=0.3, acceptance=0.3), letter())
    assert error.reason.key == f"delivery.{key}"
    assert time.monotonic() - began < 5


def test_tries_carry_the_same_message_id(wayward, letter: Letters) -> None:
    server = wayward()
    for _ in range(2):
        SmtpSender.from_url(server.url()).send(letter())
    first, second = (
        next(line for line in body.split(b"\r\n") if line.startswith(b"Message-ID"))
        for body in server.bodies
    )
    assert first == second


def test_a_bad_address_fails_before_any_connection(letter: Letters) -> None:
    sender = SmtpSender.from_url("smtp://127.0.0.1:1?from=a@b.cn")
    for address in ("", "lin", "a b@c.cn", "a@b.cn\r\nRCPT TO:<x@y.cn>", "a@b.cn, c@d.cn", "@b.cn"):
        error = refusal(sender, letter(address))
        assert error.reason.key == "delivery.address_wrong"
        assert error.final


def test_a_chinese_address_needs_a_server_that_can(wayward, mailbox, letter: Letters) -> None:
    error = refusal(SmtpSender.from_url(wayward().url()), letter("林@example.cn"))
    assert error.reason.key == "delivery.unicode_address"
    SmtpSender.from_url(mailbox.url).send(letter("林@example.cn"))
    assert mailbox.messages[0]["To"] == "林@example.cn"


def test_a_chinese_domain_goes_as_punycode(mailbox: Mailbox, letter: Letters) -> None:
    SmtpSender.from_url(mailbox.url).send(letter("lin@澄清.cn"))
    assert mailbox.messages[0]["X-Envelope-To"].startswith("lin@xn--")


class Keeper:
    def __init__(self) -> None:
        self.messages: list[bytes] = []

    async def handle_DATA(self, server, session, envelope) -> str:
        self.messages.append(envelope.content)
        return "250 OK"


class Listener(Controller):
    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def encrypted(server_tls: ssl.SSLContext):
    """A server that takes nothing without STARTTLS and the right password."""

    def check(server, session, envelope, mechanism, data) -> AuthResult:
        return AuthResult(success=data.login == b"pr" and data.password == b"password")

    keeper = Keeper()
    listener = Listener(
        keeper,
        hostname="127.0.0.1",
        port=0,
        tls_context=server_tls,
        require_starttls=True,
        authenticator=check,
        auth_required=True,
    )
    listener.start()
    yield listener, keeper
    listener.stop()


def test_starttls_and_password(encrypted, certificate: Path, letter: Letters) -> None:
    listener, keeper = encrypted
    url = f"smtp://pr:p%61ssword@127.0.0.1:{listener.port}?from=pr@example.com"
    sender = SmtpSender.from_url(f"{url}&tls=starttls&ca={certificate}")
    sender.probe()
    sender.send(letter())
    assert len(keeper.messages) == 1


def test_an_unknown_certificate_sends_nothing(encrypted, letter: Letters) -> None:
    listener, keeper = encrypted
    url = f"smtp://pr:p%61ssword@127.0.0.1:{listener.port}?from=pr@example.com&tls=starttls"
    error = refusal(SmtpSender.from_url(url), letter())
    assert error.reason.key == "delivery.not_encrypted"
    assert error.everyone
    assert not keeper.messages


def test_a_server_without_starttls_gets_no_password(wayward, letter: Letters) -> None:
    server = wayward()
    url = server.url(user="pr:secret@").replace("tls=none", "tls=starttls")
    error = refusal(SmtpSender.from_url(url), letter())
    assert error.reason.key == "delivery.not_encrypted"
    assert not any(line.startswith(("AUTH", "MAIL")) for line in server.heard)


def test_implicit_tls(certificate: Path, server_tls: ssl.SSLContext, letter: Letters) -> None:
    keeper = Keeper()
    listener = Listener(keeper, hostname="127.0.0.1", port=0, ssl_context=server_tls)
    listener.start()
    try:
        url = f"smtps://127.0.0.1:{listener.port}?from=pr@example.com"
        SmtpSender.from_url(f"{url}&ca={certificate}").send(letter())
        assert refusal(SmtpSender.from_url(url), letter()).reason.key == "delivery.not_encrypted"
    finally:
        listener.stop()
    assert len(keeper.messages) == 1


def test_the_probe_says_what_is_wrong(wayward, mailbox: Mailbox) -> None:
    SmtpSender.from_url(mailbox.url).probe()
    assert not mailbox.messages
    with pytest.raises(Undeliverable, match="授权码"):
        SmtpSender.from_url(wayward(AUTH="535 bad").url(user="a:b@")).probe()
