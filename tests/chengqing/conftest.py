"""The command line as people use it, in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chengqing.cli import main

SECRET = "a secret of the tests that is long enough"
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``chengqing …`` in an empty folder; a traceback fails the test."""
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()

    def call(*arguments: object, stdin: str | bytes | None = None) -> Result:
        words = [str(argument) for argument in arguments]
        result = runner.invoke(main, words, input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


@pytest.fixture
def installed(run: Run) -> Run:
    """The same in a folder where ``chengqing init`` has been run."""
    result = run(
        "init", "--no-input", "--company", "示例食品有限公司", "--email", "admin@example.com",
        "--name", "管理员", "--topic", "獾杯", "--query", "獾杯 OR 云獾", "--password-stdin",
        "--source", "feed=http://127.0.0.1:9/rss.xml", stdin="correct horse battery\n",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    return run
