"""A mailbox on this machine, for the demonstration and for trying settings: it takes every mail."""

from __future__ import annotations

import asyncio
import mailbox
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from types import TracebackType
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

LOOPBACK = "127.0.0.1"


class _Listener(Controller):
    def _trigger_server(self) -> None:
        # Port 0 lets the system choose; the first greeting below needs the number it chose.
        if isinstance(self.server, asyncio.Server):
            self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class Mailbox:
    """A mail server on the loopback address that keeps what it is given.

    Attributes:
        messages: what came in, oldest first.
    """

    def __init__(self, folder: Path | None = None, port: int = 0) -> None:
        """Prepare it; ``folder`` also keeps every mail as a Maildir, port 0 takes a free one."""
        self.messages: list[EmailMessage] = []
        self._folder = mailbox.Maildir(folder) if folder else None
        self._controller = _Listener(self, hostname=LOOPBACK, port=port, enable_SMTPUTF8=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep one mail (called by aiosmtpd)."""
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        message: Any = message_from_bytes(raw, policy=default)
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.messages.append(message)
        if self._folder is not None:
            self._folder.add(mailbox.MaildirMessage(raw))
        return f"250 OK kept as {len(self.messages)}"

    @property
    def url(self) -> str:
        """The ``CHENGQING_SMTP`` setting that sends here."""
        return f"smtp://{LOOPBACK}:{self._controller.port}?from=chengqing@localhost&tls=none"

    def start(self) -> Mailbox:
        """Listen, in a thread of its own."""
        self._controller.start()
        return self

    def stop(self) -> None:
        """Stop listening; what came in stays."""
        self._controller.stop()

    def __enter__(self) -> Mailbox:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
