"""The command ``chengqing``: one file a group of commands, loaded only when used."""

from __future__ import annotations

import importlib
from pathlib import Path

import click

from chengqing import __version__
from chengqing.cli.base import Given, text

#: Command → the module that holds it, so that ``score`` starts without Scrapy or FastAPI.
COMMANDS = {
    "init": "setup",
    "doctor": "setup",
    "migrate": "keep",
    "backup": "keep",
    "restore": "keep",
    "verify": "keep",
    "up": "run",
    "serve": "run",
    "watch": "run",
    "demo": "run",
    "topic": "topics",
    "source": "sources",
    "fetch": "sources",
    "extract": "sources",
    "import": "sources",
    "train": "train",
    "score": "moods",
    "detect": "signals",
    "backtest": "signals",
    "incident": "incidents",
    "outlet": "outlets",
    "release": "releases",
    "people": "people",
}


class Lazy(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names in the order of a newcomer's day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module and return the command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"chengqing.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name}_")
        return command


@click.group(cls=Lazy, help=text("help_main"))
@click.option("--config", type=click.Path(path_type=Path), help=text("help_config"))
@click.option("--database", help=text("help_database"))
@click.version_option(__version__, prog_name="chengqing")
@click.pass_context
def main(context: click.Context, config: Path | None, database: str | None) -> None:
    """See the catalogue: ``cli.help_main``."""
    context.obj = Given(config, database)
