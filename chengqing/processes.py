"""Keeping the web and the watch running side by side, each a process of its own."""

from __future__ import annotations

import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

#: Real seconds before a process that died is started again; doubled each time, up to the last,
#: until one lived for longer than that.
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
#: Real seconds a process is given to finish before it is killed.
GRACE = 20.0


@dataclass
class Child:
    """One process that is started again whenever it dies."""

    arguments: Sequence[str]
    environ: Mapping[str, str]
    _stopping: threading.Event = field(default_factory=threading.Event)
    _process: subprocess.Popen[bytes] | None = None
    _keeper: threading.Thread | None = None

    def start(self) -> None:
        """Start it and keep it running."""
        self._keeper = threading.Thread(target=self._keep, name=self.arguments[0], daemon=True)
        self._keeper.start()

    def stop(self) -> None:
        """Ask it to end, then make it."""
        self._stopping.set()
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        if self._keeper:
            self._keeper.join(GRACE)
        if self._process and self._process.poll() is None:
            self._process.kill()

    def _keep(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            begun = time.monotonic()
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                [sys.executable, "-m", "chengqing", *self.arguments], env=dict(self.environ)
            )
            code = self._process.wait()
            if self._stopping.is_set():
                return
            log.error("chengqing %s ended with %s; starting it again", self.arguments[0], code)
            if time.monotonic() - begun > LONGEST_PAUSE:
                pause = FIRST_PAUSE
            self._stopping.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)


def until_told() -> None:
    """Wait for SIGINT or SIGTERM."""
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    told.wait()


def free_port() -> int:
    """Return a loopback port that nothing listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port
