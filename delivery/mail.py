"""Mail through an SMTP server: hand over once, and read each of its answers for what it means."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8

from delivery.letter import compose, recipient
from delivery.outbox import Outgoing
from delivery.smtp_reply import at_data, at_go_ahead, at_recipient, at_sender
from delivery.smtp_setting import SmtpSetting, parse_smtp
from delivery.undeliverable import Undeliverable, because, said

#: Seconds a server may take for one answer, and for the one after the message itself. RFC 5321
#: §4.5.3.2 would allow 5 and 10 minutes; a claim on the row must outlast all of them together.
ANSWER, ACCEPTANCE = 30.0, 120.0


@dataclass(frozen=True)
class SmtpSender:
    """The mail channel; one connection a message, nothing kept between."""

    setting: SmtpSetting
    answer: float = ANSWER
    acceptance: float = ACCEPTANCE

    @classmethod
    def from_url(cls, url: str) -> SmtpSender:
        """Read the operator's setting, see ``parse_smtp``.

        Raises:
            SettingError: it cannot be used.
        """
        return cls(parse_smtp(url))

    def send(self, message: Outgoing) -> str:
        """Hand one mail over; the receipt is the server's last answer and the message id.

        Raises:
            Undeliverable: it did not go out, or (``delivery.in_doubt``) nobody can know.
        """
        mail = compose(message, self.setting.sender)
        to = recipient(message.address)
        with self._connected() as server:
            said_last = self._hand_over(server, mail, to)
        return f"{said_last} {mail['Message-ID']}"

    def probe(self) -> None:
        """Connect, encrypt and sign in, and send nothing.

        Raises:
            Undeliverable: a step failed; its words say which.
        """
        with self._connected() as server:
            server.noop()

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        with self._plain_words():
            server = self._open()
        try:
            with self._plain_words():
                self._sign_in(server)
                yield server
            # Politeness alone: a server in trouble is not asked to say good-bye.
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
        finally:
            server.close()

    @contextmanager
    def _plain_words(self) -> Iterator[None]:
        """Turn what the socket, TLS and the protocol raise into what it means for the channel."""
        host, port = self.setting.host, self.setting.port
        try:
            yield
        except ssl.SSLError as error:
            why = because("not_encrypted", host=host, said=said(str(error)))
            raise Undeliverable(why, final=False, everyone=True) from error
        except TimeoutError as error:
            why = because("no_answer", host=host)
            raise Undeliverable(why, final=False, everyone=True) from error
        except smtplib.SMTPResponseException as error:
            words = said(error.smtp_error)
            why = because("wait_asked", host=host, code=error.smtp_code, said=words)
            raise Undeliverable(why, final=False, everyone=True) from error
        except OSError as error:
            # smtplib hides a time-out while reading behind a disconnect.
            if isinstance(error.__context__, TimeoutError):
                why = because("no_answer", host=host)
                raise Undeliverable(why, final=False, everyone=True) from error
            why = because("unreachable", host=host, port=port, said=said(str(error)))
            raise Undeliverable(why, final=False, everyone=True) from error

    def _open(self) -> smtplib.SMTP:
        where = (self.setting.host, self.setting.port)
        if self.setting.tls == "tls":
            context = self.setting.tls_context()
            return smtplib.SMTP_SSL(*where, timeout=self.answer, context=context)
        return smtplib.SMTP(*where, timeout=self.answer)

    def _sign_in(self, server: smtplib.SMTP) -> None:
        host, user = self.setting.host, self.setting.user
        server.ehlo_or_helo_if_needed()
        if self.setting.tls == "starttls":
            try:
                server.starttls(context=self.setting.tls_context())
            except smtplib.SMTPNotSupportedError as error:
                why = because("not_encrypted", host=host, said="no STARTTLS")
                raise Undeliverable(why, final=False, everyone=True) from error
            server.ehlo()
        if not user:
            return
        try:
            server.login(user, self.setting.password)
        except smtplib.SMTPServerDisconnected:
            raise
        except smtplib.SMTPException as error:
            # A server that knows only other ways to sign in (NTLM, GSSAPI) is no network failure.
            code = getattr(error, "smtp_code", 504)
            if 400 <= code < 500:
                raise
            words = said(getattr(error, "smtp_error", str(error)))
            why = because("wrong_password", host=host, user=user, code=code, said=words)
            raise Undeliverable(why, final=False, everyone=True) from error

    def _hand_over(self, server: smtplib.SMTP, mail: EmailMessage, to: Address) -> str:
        host, sender = self.setting.host, self.setting.sender.addr_spec
        options, policy = [], SMTP
        if not (to.addr_spec + sender).isascii():
            if not server.has_extn("smtputf8"):
                why = because("unicode_address", host=host, address=to.addr_spec)
                raise Undeliverable(why, final=True)
            options, policy = ["SMTPUTF8", "BODY=8BITMIME"], SMTPUTF8
            server.command_encoding = "utf-8"
        at_sender(host, sender, *server.mail(sender, options))
        at_recipient(host, to.addr_spec, *server.rcpt(to.addr_spec))
        return self._body(server, mail.as_bytes(policy=policy), to)

    def _body(self, server: smtplib.SMTP, body: bytes, to: Address) -> str:
        host, address = self.setting.host, to.addr_spec
        code, words = server.docmd("DATA")
        at_go_ahead(host, address, code, words)
        stuffed = body.replace(b"\r\n.", b"\r\n..")
        if server.sock is not None:
            server.sock.settimeout(self.acceptance)
        server.send(stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n")
        # Until the dot has left, a server that goes away has taken nothing.
        server.send(b".\r\n")
        try:
            code, words = server.getreply()
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            raise Undeliverable(because("in_doubt", host=host), final=False) from error
        return at_data(host, address, code, words)
