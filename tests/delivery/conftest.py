"""Real servers: one that keeps mail, one that misbehaves as told, certificates, a small website."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from delivery.mailbox import Mailbox
from delivery.outbox import Outgoing

WHEN = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)


class WaywardServer:
    """An SMTP server that follows a script: what it answers to each verb, or what it does instead.

    ``answers`` maps a verb (``HELLO`` for the greeting, ``DOT`` for the message) to a reply line, a
    list of replies used in turn, or ``drop`` (close) or ``silent`` (say nothing more).
    """

    USUAL = {  # noqa: RUF012
        "HELLO": "220 wayward ready",
        "EHLO": "250-wayward\r\n250-SIZE 1000000\r\n250 AUTH PLAIN LOGIN",
        "AUTH": "235 ok",
        "MAIL": "250 ok",
        "RCPT": "250 ok",
        "DATA": "354 go on",
        "DOT": "250 taken as 7",
        "QUIT": "221 bye",
        "NOOP": "250 ok",
        "RSET": "250 ok",
    }

    def __init__(self, **answers: str | list[str]) -> None:
        self.answers: dict[str, str | list[str]] = self.USUAL | answers
        self.heard: list[str] = []
        self.bodies: list[bytes] = []
        self.done = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._threads = [threading.Thread(target=self._serve, daemon=True)]
        self._threads[0].start()

    def url(self, user: str = "", more: str = "") -> str:
        return f"smtp://{user}127.0.0.1:{self.port}?from=pr@example.com&tls=none{more}"

    def stop(self) -> None:
        self.done.set()
        self._socket.close()

    def _serve(self) -> None:
        while not self.done.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rwb") as wire:
            if not self._answer(wire, "HELLO"):
                return
            while line := wire.readline():
                verb = line.split()[0].decode().upper() if line.split() else ""
                self.heard.append(line.decode("utf-8", "replace").strip())
                if not self._answer(wire, verb):
                    return
                if verb == "DATA" and str(self.answers["DATA"]).startswith("354"):
                    body = b""
                    while (row := wire.readline()) != b".\r\n":
                        body += row
                    self.bodies.append(body)
                    if not self._answer(wire, "DOT"):
                        return
                if verb == "QUIT":
                    return

    def _answer(self, wire: object, verb: str) -> bool:
        answer = self.answers.get(verb, "502 unknown")
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if answer == "drop":
            return False
        if answer == "silent":
            self.done.wait(20)
            return False
        wire.write(answer.encode() + b"\r\n")  # type: ignore[attr-defined]
        wire.flush()  # type: ignore[attr-defined]
        return True


@pytest.fixture
def wayward() -> Iterator[Callable[..., WaywardServer]]:
    """Start servers that answer as told."""
    started: list[WaywardServer] = []

    def start(**answers: str | list[str]) -> WaywardServer:
        started.append(WaywardServer(**answers))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as box:
        yield box


@pytest.fixture
def letter() -> Callable[..., Outgoing]:
    """Make an outbox message."""

    def make(
        address: str = "lin@example.cn", key: str = "alert:1:mail:1", **more: object
    ) -> Outgoing:
        payload = {"subject": "【重大】酸奶", "text": "正文", "html": "<p>正文</p>"} | more
        return Outgoing(key, address, payload, WHEN)

    return make


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1 with its key, as one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName(
        [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    )
    start = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=30))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


class Website:
    """A local website; ``pages`` maps a path to what answers a request."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.pages: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
                page = site.pages.get(self.path.partition("?")[0])
                if page is None:
                    self.send_error(404)
                    return
                try:
                    page(self)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def say(self, path: str, body: bytes, status: int = 200, **headers: str) -> None:
        def page(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)

        self.pages[path] = page

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def website() -> Iterator[Website]:
    site = Website()
    yield site
    site.stop()


@pytest.fixture
def secure_website(server_tls: ssl.SSLContext) -> Iterator[Website]:
    site = Website(server_tls)
    yield site
    site.stop()
