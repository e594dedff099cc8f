"""Fetching one page for a person: only from addresses we may connect to, bounded in every way."""

from __future__ import annotations

import re
import ssl
import time
import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

import httpcore2

from delivery.guard import NotAllowed, resolve_allowed

MAX_BYTES = 20 * 1024 * 1024
TIMEOUT = 30.0
MAX_REDIRECTS = 5
_HOST = re.compile(r"[A-Za-z0-9._:-]+")
REDIRECTS = (301, 302, 303, 307, 308)
AGENT = "Chengqing/0.1 (media monitoring)"

UnreachableReason = Literal[
    "address", "not_allowed", "network", "tls", "timeout", "too_large", "redirects", "encoding"
]


class Unreachable(Exception):
    """A page that was not fetched.

    Attributes:
        reason: one word for what happened.
        url: the address at which it happened, which a redirect may have led to.
    """

    def __init__(self, reason: UnreachableReason, url: str, detail: str = "") -> None:
        self.reason: UnreachableReason = reason
        self.url = url
        super().__init__(f"{url}: {reason}{': ' if detail else ''}{detail}")


@dataclass(frozen=True)
class Fetched:
    """An answer, whatever its status; ``url`` is where it came from in the end."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


def fetch(
    url: str,
    allow: Collection[str] = (),
    max_bytes: int = MAX_BYTES,
    timeout: float = TIMEOUT,
) -> Fetched:
    """Get ``url``, following at most five redirects, each checked like the first.

    Args:
        url: an ``http`` or ``https`` address.
        allow: hosts that may lie on private addresses (``CHENGQING_ALLOW_PRIVATE``).
        max_bytes: largest body, after unpacking.
        timeout: seconds for everything together, save the resolver, which has its own limits.

    Raises:
        Unreachable: it was not fetched; answers of any status are returned, not raised.
    """
    deadline = time.monotonic() + timeout
    for _ in range(MAX_REDIRECTS + 1):
        found = _once(url, allow, max_bytes, deadline)
        location = found.headers.get("location")
        if found.status not in REDIRECTS or not location:
            return found
        url = _joined(url, location)
    raise Unreachable("redirects", url, f"more than {MAX_REDIRECTS}")


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise Unreachable("address", location[:200]) from error


def _once(url: str, allow: Collection[str], max_bytes: int, deadline: float) -> Fetched:
    address = target(url)
    headers = [("Host", address.netloc), ("User-Agent", AGENT), ("Accept-Encoding", "gzip")]
    pool = httpcore2.ConnectionPool(
        ssl_context=ssl.create_default_context(), network_backend=_Guarded(allow, deadline)
    )
    try:
        with pool, pool.stream("GET", address.url, headers=headers) as answer:
            names = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in answer.headers}
            body = _body(url, names.get("content-encoding", ""), answer, max_bytes)
            return Fetched(url, answer.status, names, body)
    except NotAllowed as error:
        raise Unreachable("not_allowed", url, str(error)) from error
    except httpcore2.TimeoutException as error:
        raise Unreachable("timeout", url) from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        tls = isinstance(error.__cause__, ssl.SSLError) or "SSL" in str(error)
        raise Unreachable("tls" if tls else "network", url, str(error)) from error


@dataclass(frozen=True)
class Target:
    """An address in ASCII, as a request line and a Host header take it."""

    url: str
    netloc: str


def target(url: str) -> Target:
    """Check an address and write it in ASCII, without fragment.

    Raises:
        Unreachable: it is no web address, or it carries a password.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except (ValueError, UnicodeError) as error:
        raise Unreachable("address", url) from error
    sound = _HOST.fullmatch(host) and parts.username is None
    if parts.scheme not in ("http", "https") or not sound:
        raise Unreachable("address", url, "only http and https, without a password")
    netloc = f"[{host}]" if ":" in host else host
    netloc += f":{port}" if port else ""
    path = _quoted(parts.path or "/") + (f"?{_quoted(parts.query)}" if parts.query else "")
    return Target(f"{parts.scheme}://{netloc}{path}", netloc)


def _quoted(text: str) -> str:
    """Percent-encode what may not stand in a request line, and leave the rest as it is."""
    return "".join(
        chr(byte) if 0x21 <= byte <= 0x7E else f"%{byte:02X}"
        for byte in text.encode("utf-8", "ignore")
    )


def _body(url: str, encoding: str, answer: httpcore2.Response, max_bytes: int) -> bytes:
    if encoding.strip().lower() not in ("", "identity", "gzip", "x-gzip"):
        raise Unreachable("encoding", url, encoding[:40])
    packed = "gzip" in encoding.lower()
    unpacker = zlib.decompressobj(wbits=31)
    body = bytearray()
    try:
        for chunk in answer.iter_stream():
            body += unpacker.decompress(chunk, max_bytes + 1 - len(body)) if packed else chunk
            if len(body) > max_bytes:
                raise Unreachable("too_large", url, f"more than {max_bytes} bytes")
    except zlib.error as error:
        raise Unreachable("encoding", url, "gzip is broken") from error
    return bytes(body)


class _Guarded(httpcore2.NetworkBackend):
    """Connects to an address that was checked, not to a name that may resolve anew."""

    def __init__(self, allow: Collection[str], deadline: float) -> None:
        self._allow = allow
        self._deadline = deadline
        self._backend = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Try the permitted addresses in turn."""
        last: Exception | None = None
        for address in resolve_allowed(host, self._allow, port):
            try:
                stream = self._backend.connect_tcp(address, port, _left(self._deadline))
            except httpcore2.ConnectError as error:
                last = error
                continue
            return _Timed(stream, self._deadline)
        raise last or httpcore2.ConnectError("no address")


class _Timed(httpcore2.NetworkStream):
    """A stream whose every step has only the time that is left of the whole."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        left = _left(self._deadline)
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("the time for the whole fetch is over")
    return left
