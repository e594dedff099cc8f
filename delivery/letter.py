"""A mail as it travels, made from an outbox row: headers no text can break into, two bodies."""

from __future__ import annotations

import hashlib
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from delivery.outbox import Outgoing
from delivery.undeliverable import Undeliverable, because, said

#: Who mails are from, next to the operator's address.
NAME = "澄清 Chengqing"
#: Longest subject, in characters: what mail programs show of one, and what stays one idea.
MAX_SUBJECT = 150
#: Longest addresses of RFC 5321 §4.5.3.1: local part 64, domain 255 octets.
MAX_LOCAL, MAX_DOMAIN = 64, 255


def address_of(text: str) -> Address:
    """Read one mail address ``name@host``; the host of a non-ASCII domain becomes punycode.

    Raises:
        ValueError: it is none.
    """
    local, at, domain = text.strip().rpartition("@")
    if not (at and local and domain) or not text.isprintable() or set(" ,;<>") & set(text.strip()):
        raise ValueError(f"not a mail address: {said(text)!r}")
    if not domain.isascii():
        domain = domain.encode("idna").decode()
    if len(local.encode()) > MAX_LOCAL or len(domain) > MAX_DOMAIN:
        raise ValueError(f"not a mail address: {said(text)!r}")
    return Address(username=local, domain=domain)


def recipient(text: str) -> Address:
    """Read a person's mail address.

    Raises:
        Undeliverable: it is none; final.
    """
    try:
        return address_of(text)
    except ValueError as error:
        raise Undeliverable(because("address_wrong", address=said(text)), final=True) from error


def message_id(key: str, domain: str) -> str:
    """Return the message id of an outbox key: the same at every try, so that copies are told."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"<{digest}@{domain}>"


def compose(message: Outgoing, sender: Address) -> EmailMessage:
    """Make the mail of an outbox row of channel ``mail``.

    The payload holds ``subject``, ``text``, ``html`` and optionally ``thread`` (the key of the
    first mail of the affair), ``list`` (a short name) and ``urgent``.

    Raises:
        Undeliverable: the address is none; final.
    """
    payload, mail = message.payload, EmailMessage(policy=SMTP)
    mail["From"] = Address(NAME, sender.username, sender.domain)
    mail["To"] = recipient(message.address)
    mail["Subject"] = _line(payload["subject"], MAX_SUBJECT)
    mail["Date"] = message.created
    mail["Message-ID"] = message_id(message.key, sender.domain)
    thread = payload.get("thread")
    if thread and thread != message.key:
        mail["In-Reply-To"] = mail["References"] = message_id(thread, sender.domain)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["List-Id"] = f"<{payload.get('list', 'alerts')}.chengqing.{sender.domain}>"
    if payload.get("urgent"):
        mail["Importance"] = "high"
    mail.set_content(payload["text"], charset="utf-8", cte="base64")
    mail.add_alternative(payload["html"], subtype="html", charset="utf-8", cte="base64")
    return mail


def _line(text: str, limit: int) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
