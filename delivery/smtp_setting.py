"""The operator's mail setting: one address that says everything, checked once at the start."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from email.headerregistry import Address
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from delivery.letter import address_of
from templates.catalogue import say

Encryption = Literal["starttls", "tls", "none"]
LOOPBACK = ("localhost", "127.0.0.1", "::1")
PORTS: dict[Encryption, int] = {"starttls": 587, "tls": 465, "none": 25}


class SettingError(ValueError):
    """``CHENGQING_SMTP`` cannot be used; the message says what to change and shows no password."""


@dataclass(frozen=True)
class SmtpSetting:
    """Where mail is handed in, as whom, and how it is kept from others' eyes.

    The host is the operator's own choice and often an internal relay, so it is not held to public
    addresses the way fetched links are.

    Attributes:
        tls: ``starttls`` and ``tls`` demand encryption with a checked certificate, and never fall
            back; ``none`` sends in the clear.
        ca: a PEM file of the authority that signed the server's certificate, for internal ones.
    """

    host: str
    port: int
    sender: Address
    tls: Encryption
    user: str = ""
    password: str = field(default="", repr=False)
    ca: str = ""

    def tls_context(self) -> ssl.SSLContext:
        """Return the rules by which the server's certificate is checked."""
        return ssl.create_default_context(cafile=self.ca or None)


def parse_smtp(url: str) -> SmtpSetting:
    """Read ``smtp[s]://user:password@host:587?from=address&tls=starttls|tls|none&ca=file``.

    Without ``tls``, ``smtps`` means ``tls``; ``smtp`` means ``none`` on this machine and
    ``starttls`` elsewhere. Without ``from``, a user that is an address is the sender.

    Raises:
        SettingError: a part is missing, wrong or unknown.
    """
    parts = _split(url)
    options = _options(parts)
    host = parts.hostname or ""
    if not host:
        raise _wrong("host")
    tls = _tls(parts, host, options.get("tls"))
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if user and not password:
        raise _wrong("password")
    if not (user + password).isascii():
        raise _wrong("ascii")
    return SmtpSetting(
        host=host,
        port=_port(parts) or PORTS[tls],
        sender=_sender(options.get("from", user)),
        tls=tls,
        user=user,
        password=password,
        ca=_ca(options.get("ca", "")),
    )


def _wrong(name: str, **values: object) -> SettingError:
    chinese, english = (
        say(f"delivery.setting_{name}", language, **values) for language in ("zh", "en")
    )
    return SettingError(f"{chinese} ({english})")


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url.strip())
    except ValueError as error:
        raise _wrong("scheme") from error
    if parts.scheme not in ("smtp", "smtps") or parts.path not in ("", "/") or parts.fragment:
        raise _wrong("scheme")
    return parts


def _options(parts: SplitResult) -> dict[str, str]:
    found: dict[str, str] = {}
    # A plus sign is common in mail addresses and never meant as a blank here.
    for name, value in parse_qsl(parts.query.replace("+", "%2B"), keep_blank_values=True):
        if name not in ("from", "tls", "ca"):
            raise _wrong("unknown", value=name)
        if name in found:
            raise _wrong("twice", value=name)
        found[name] = value
    return found


def _port(parts: SplitResult) -> int | None:
    try:
        port = parts.port
    except ValueError as error:
        raise _wrong("port") from error
    if port == 0:
        raise _wrong("port")
    return port


def _tls(parts: SplitResult, host: str, asked: str | None) -> Encryption:
    for known in get_args(Encryption):
        if asked == known:
            return known  # type: ignore[no-any-return]
    if asked is not None:
        raise _wrong("tls", value=asked)
    if parts.scheme == "smtps":
        return "tls"
    return "none" if host in LOOPBACK else "starttls"


def _sender(text: str) -> Address:
    if not text:
        raise _wrong("from_missing")
    try:
        return address_of(text)
    except ValueError as error:
        raise _wrong("from", value=text) from error


def _ca(path: str) -> str:
    if not path:
        return path
    try:
        ssl.create_default_context(cafile=path)
    except (OSError, ValueError) as error:
        raise _wrong("ca", value=Path(path)) from error
    return path
