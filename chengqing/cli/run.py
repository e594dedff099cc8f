"""Running: the web, the watch, both, and the demonstration."""

from __future__ import annotations

import os
import socket
import sys

import click

from chengqing.cli.base import Given, Refused, command, log_to_stderr, text
from chengqing.processes import Child, until_told
from chengqing.settings import PREFIX, Settings
from chengqing.wiring import Works, open_works

host_option = click.option("--host", help=text("help_host"))
port_option = click.option("--port", type=click.IntRange(0, 65535), help=text("help_port"))


@click.command("serve", help=text("help_serve"))
@host_option
@port_option
@click.pass_obj
@command
def serve_(given: Given, host: str | None, port: int | None) -> None:
    """Serve the dashboard and the newsroom."""
    import uvicorn

    from dashboard.app import create_app

    log_to_stderr()
    settings = given.settings(host=host, port=port)
    _refuse_taken(settings)
    with open_works(settings) as works:
        app = create_app(works.house(_demo_people()))
        uvicorn.run(
            app, host=settings.host, port=settings.port, log_config=None, server_header=False
        )


@click.command("watch", help=text("help_watch"))
@click.pass_obj
@command
def watch_(given: Given) -> None:
    """Crawl, score, detect, send and digest on schedule."""
    from chengqing.pipeline.steps import steps_of
    from chengqing.schedule import Watch

    log_to_stderr()
    with open_works(given.settings()) as works:
        _refuse_mail(works)
        watch = Watch(works.database, works.clock, works.zone, steps_of(works))
        watch.start()
        click.echo(text("watching"), err=True)
        until_told()
        watch.stop()


@click.command("up", help=text("help_up"))
@host_option
@port_option
@click.pass_obj
@command
def up_(given: Given, host: str | None, port: int | None) -> None:
    """Serve and watch, each in a process of its own."""
    log_to_stderr()
    settings = given.settings(host=host, port=port)
    _refuse_taken(settings)
    # What is not ready is one line now, not two processes dying in a loop.
    with open_works(settings) as works:
        _refuse_mail(works)
    environ = dict(os.environ) | {
        PREFIX + "HOST": settings.host,
        PREFIX + "PORT": str(settings.port),
        PREFIX + "DATABASE": settings.database,
    }
    if given.config:
        environ[PREFIX + "CONFIG"] = str(given.config)
    children = [Child(["watch"], environ), Child(["serve"], environ)]
    for child in children:
        child.start()
    click.echo(text("up", address=settings.address))
    until_told()
    for child in reversed(children):
        child.stop()


@click.command("demo", help=text("help_demo"))
@click.option("--once", is_flag=True, help=text("help_once"))
@click.option("--speed", type=click.FloatRange(1, 5_000), help=text("help_speed"))
@click.option("--no-browser", is_flag=True, help=text("help_no_browser"))
@port_option
@click.option("--folder", type=click.Path(file_okay=False), help=text("help_folder"))
@command
def demo_(
    once: bool, speed: float | None, no_browser: bool, port: int | None, folder: str | None
) -> None:
    """Run a fictional crisis through the real system."""
    if once:
        from chengqing.demo.once import once as play

        sys.exit(play(folder))
    from chengqing.demo.run import live

    live(speed=speed, browser=not no_browser, port=port, folder=folder)


def _demo_people() -> tuple[tuple[str, str, str, str], ...]:
    """Return whom the sign-in page of a demonstration offers; nobody anywhere else."""
    if not os.environ.get("CHENGQING_DEMO"):
        return ()
    from chengqing.demo.people import offered

    return offered()


def _refuse_mail(works: Works) -> None:
    """Say that mail cannot be sent as set before anyone relies on being told."""
    from delivery.smtp_setting import SettingError

    try:
        _ = works.senders
    except SettingError as error:
        raise Refused(str(error), 2) from error


def _refuse_taken(settings: Settings) -> None:
    """Say that a port is taken before anything is started on it."""
    if settings.port == 0:
        return
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise Refused(
                text("port_taken", host=settings.host, port=settings.port, why=error.strerror)
            ) from error
