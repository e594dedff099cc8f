"""One visit of one source, in a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import IO, Any

from pydantic import ValidationError

from crawler.limits import REQUEST_SECONDS, user_agent
from crawler.outcome import Detail, Outcome, VisitReport
from crawler.source import SourceSpec
from storage.line import MentionLine

#: Above any honest line: a text of 100,000 characters in JSON is at most 0.6 MB.
MAX_LINE = 8 * 2**20
#: Beyond its own time limit a worker gets this long to report, seconds.
GRACE = 5.0
WORKER = (sys.executable, "-P", "-m", "crawler.worker")
_CHUNK = 65_536
_TAIL = 2_000

OnMention = Callable[[MentionLine], None]


class _Broken(Exception):
    """A worker that does not keep to the form."""


@dataclass
class _Limits:
    seconds: float
    contact: str
    request_seconds: float


def run_crawl(
    spec: SourceSpec,
    on_mention: OnMention,
    now: datetime,
    time_limit: float = 300.0,
    *,
    contact: str = "",
    request_seconds: float = REQUEST_SECONDS,
    worker: Sequence[str] = WORKER,
) -> VisitReport:
    """Visit a source; the worker may hang, die or lie, and a report comes back all the same.

    Args:
        spec: the source, with the state of the last visit.
        on_mention: called with each mention as it arrives; what it raises ends the visit.
        now: aware; relative times on pages count from it.
        time_limit: seconds for the whole visit.
        contact: how the operator can be reached, for the user agent.
        request_seconds: time limit of one request.
        worker: the command that crawls.

    Raises:
        ValueError: ``now`` is naive.
    """
    if now.tzinfo is None:
        raise ValueError("now must carry a zone")
    started = time.monotonic()
    limits = _Limits(time_limit, contact, request_seconds)
    with tempfile.TemporaryFile() as log:
        process = _start(worker, log)
        try:
            report = _listen(process, _job(spec, now, limits), on_mention, limits, log)
        finally:
            _end(process)
    return report.model_copy(update={"seconds": round(time.monotonic() - started, 3)})


def _job(spec: SourceSpec, now: datetime, limits: _Limits) -> bytes:
    try:
        release = version("chengqing")
    except PackageNotFoundError:
        release = "0"
    job = {
        "spec": spec.model_dump(mode="json"),
        "now": now.isoformat(),
        "time_limit": limits.seconds,
        "request_seconds": limits.request_seconds,
        "agent": user_agent(release, limits.contact),
    }
    return json.dumps(job, ensure_ascii=False).encode()


def _start(command: Sequence[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a worker in a group of its own, so that all of it can be ended."""
    return subprocess.Popen(  # noqa: S603 - our own module, no shell
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        start_new_session=True,
    )


def _listen(
    worker: subprocess.Popen[bytes],
    job: bytes,
    on_mention: OnMention,
    limits: _Limits,
    log: IO[bytes],
) -> VisitReport:
    items = 0
    try:
        for message in _messages(worker, job, time.monotonic() + limits.seconds + GRACE):
            said = _understood(message)
            if isinstance(said, VisitReport):
                return said
            on_mention(said)
            items += 1
    except TimeoutError:
        detail = Detail(key="crawler.timeout", values={"seconds": limits.seconds})
        return VisitReport(outcome=Outcome.TIMEOUT, items=items, detail=detail)
    except _Broken as error:
        return _died(str(error), items)
    worker.wait(GRACE)
    return _died(f"exit {worker.returncode}: {_tail(log)}", items)


def _understood(message: dict[str, Any]) -> MentionLine | VisitReport:
    try:
        if "report" in message:
            return VisitReport.model_validate(message["report"])
        return MentionLine.model_validate(message.get("mention"))
    except ValidationError as error:
        raise _Broken(f"not in our form: {error.errors()[0]['msg']}") from error


def _messages(
    worker: subprocess.Popen[bytes], job: bytes, deadline: float
) -> Iterator[dict[str, Any]]:
    """Yield what the worker says.

    Raises:
        TimeoutError: it is silent past the deadline.
        _Broken: it says something else than JSON objects of a bearable size.
    """
    assert worker.stdin is not None  # noqa: S101 - Popen was given pipes
    assert worker.stdout is not None  # noqa: S101
    try:
        worker.stdin.write(job)
        worker.stdin.close()
    except BrokenPipeError:
        return
    buffer = bytearray()
    for chunk in _chunks(worker.stdout, deadline):
        buffer += chunk
        *lines, rest = buffer.split(b"\n")
        buffer = bytearray(rest)
        if len(buffer) > MAX_LINE:
            raise _Broken("a line without end")
        yield from map(_object, map(bytes, lines))


def _chunks(pipe: IO[bytes], deadline: float) -> Iterator[bytes]:
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise TimeoutError
            chunk = os.read(pipe.fileno(), _CHUNK)
            if not chunk:
                return
            yield chunk


def _object(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise _Broken(f"not JSON: {line[:80]!r}") from error
    if not isinstance(found, dict):
        raise _Broken(f"not an object: {line[:80]!r}")
    return found


def _died(words: str, items: int) -> VisitReport:
    detail = Detail(key="crawler.worker_died", values={"what": words[:500]})
    return VisitReport(outcome=Outcome.NETWORK_ERROR, items=items, detail=detail)


def _tail(log: IO[bytes]) -> str:
    size = log.seek(0, os.SEEK_END)
    log.seek(max(0, size - _TAIL))
    lines = log.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "no word on stderr"


def _end(worker: subprocess.Popen[bytes]) -> None:
    if worker.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)
    for pipe in (worker.stdin, worker.stdout):
        if pipe is not None and not pipe.closed:
            pipe.close()
    worker.wait()
