"""The demonstration as a newcomer starts it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

COMMAND = [sys.executable, "-m", "chengqing", "demo"]


@pytest.mark.timeout(900)
def test_once_through_every_step_really_happens(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "--once", "--folder", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout.splitlines()[-1])
    assert set(summary["mentions"]) == {"weibo", "forum", "news"}
    assert all(summary["moods"].values())
    assert summary["incidents"] == 1
    assert summary["mails"] >= 1
    assert len(summary["feeds"]) == 3
    assert summary["negative"]["after"] < summary["negative"]["before"]


@pytest.mark.timeout(300)
def test_live_it_serves_and_leaves_nothing_behind(tmp_path: Path) -> None:
    running = subprocess.Popen(
        [*COMMAND, "--no-browser", "--folder", str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    try:
        addresses: list[str] = []
        assert running.stdout is not None
        while len(addresses) < 3:
            line = running.stdout.readline()
            assert line, "the demonstration ended"
            addresses += re.findall(r"http://127\.0\.0\.1:\d+", line)
        dashboard, mail, site = addresses[:3]
        assert "演示" in _patiently(f"{dashboard}/sign-in")
        assert "演示邮箱" in _patiently(mail)
        assert "云朵獾" in _patiently(site)
    finally:
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)
    assert running.returncode == 0
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(dashboard, trust_env=False)


def _patiently(url: str) -> str:
    """Return the page as soon as it is served."""
    for _ in range(240):
        try:
            answer = httpx2.get(url, trust_env=False, timeout=10)
        except httpx2.ConnectError:
            time.sleep(0.25)
            continue
        assert answer.status_code == 200
        return answer.text
    raise AssertionError(f"{url} was not served")
