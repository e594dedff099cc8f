"""The demonstration: live in the browser, or once through without one."""

from __future__ import annotations

import os
import secrets
import tempfile
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import click

from chengqing.clock import WarpClock, real, speed_of
from chengqing.demo import office
from chengqing.demo.company import DemoCompany, company
from chengqing.demo.mail_page import MailPage
from chengqing.demo.posts import load
from chengqing.demo.site import DemoSite
from chengqing.demo.world import ZONE, World
from chengqing.processes import Child, free_port, until_told
from chengqing.settings import load as load_settings
from chengqing.wiring import Works, open_works
from delivery.mailbox import Mailbox
from storage.migrate import upgrade
from templates.catalogue import say

#: How many times faster the live demonstration runs: an hour of the affair in half a minute.
SPEED = 120.0
#: When colleagues have found out and verified what can be said, from the start of the affair.
FACTS_AT = timedelta(hours=2, minutes=45)


def live(
    speed: float | None = None,
    browser: bool = True,
    port: int | None = None,
    folder: str | None = None,
) -> None:
    """Run until told to end."""
    started = opening(real())
    clock = WarpClock(real(), started, speed or SPEED)
    staff = company(started)
    world = World(load(), started, staff.words)
    with _folder(folder) as place, ExitStack() as stack:
        mailbox = stack.enter_context(Mailbox(place / "mail"))
        address = f"http://127.0.0.1:{port or free_port()}"
        feed = f"{address}/newsroom/feed.json"
        site = stack.enter_context(DemoSite(world, clock, newsroom=feed))
        page = MailPage(mailbox)
        page.start()
        stack.callback(page.stop)
        environ = _environ(place, staff, mailbox, site, clock, address)
        with open_works(load_settings(environ), migrated=False) as works:
            upgrade(works.database)
            office.furnish(works, staff, site.urls)
            _run(works, environ, address, page.url, site.urls.front, browser)


def opening(now: datetime) -> datetime:
    """Return when the affair begins: the last nine in the morning, as its posts suppose."""
    nine = now.astimezone(ZONE).replace(hour=9, minute=0, second=0, microsecond=0)
    return nine if nine <= now else nine - timedelta(days=1)


def _run(
    works: Works, environ: dict[str, str], address: str, mail: str, front: str, browser: bool
) -> None:
    children = [Child(["watch"], environ), Child(["serve"], environ)]
    for child in children:
        child.start()
    ending = threading.Event()
    colleagues = threading.Thread(target=_facts_later, args=(works, ending), daemon=True)
    colleagues.start()
    click.echo(
        say(
            "demo.live",
            address=address,
            mail=mail,
            site=front,
            password=office.PASSWORD,
            speed=f"{speed_of(works.clock):g}",
        )
    )
    if browser and not webbrowser.open(address):
        click.echo(say("demo.no_browser", address=address))
    until_told()
    ending.set()
    for child in reversed(children):
        child.stop()
    colleagues.join(5)


def _facts_later(works: Works, ending: threading.Event) -> None:
    start = works.clock()
    while not ending.wait(0.5):
        now = works.clock()
        if now - start >= FACTS_AT:
            count = office.enter_facts(works, company(start), now)
            click.echo(say("demo.facts_entered", count=count))
            return


@contextmanager
def _folder(given: str | None) -> Iterator[Path]:
    if given:
        place = Path(given)
        place.mkdir(parents=True, exist_ok=True)
        for old in place.glob("demo.db*"):
            old.unlink()
        yield place
        return
    with tempfile.TemporaryDirectory(prefix="chengqing-demo-") as scratch:
        yield Path(scratch)


def _environ(
    place: Path,
    staff: DemoCompany,
    mailbox: Mailbox,
    site: DemoSite,
    clock: WarpClock,
    address: str,
) -> dict[str, str]:
    """Return this process's environment with the demonstration's settings and no others."""
    outside = {k: v for k, v in os.environ.items() if not k.startswith("CHENGQING_")}
    return outside | settings_of(place, staff, mailbox, site) | {
        "CHENGQING_CLOCK": str(clock),
        "CHENGQING_HOST": "127.0.0.1",
        "CHENGQING_PORT": address.rsplit(":", 1)[1],
        "CHENGQING_DEMO": "1",
    }  # fmt: skip


def settings_of(
    place: Path, staff: DemoCompany, mailbox: Mailbox, site: DemoSite
) -> dict[str, str]:
    """Return the settings of a demonstration whose data lies in ``place``."""
    config = place / "chengqing.toml"
    config.write_text("", encoding="utf-8")
    return office.environment(staff, secrets.token_urlsafe(32)) | {
        "CHENGQING_CONFIG": str(config),
        "CHENGQING_DATABASE": f"sqlite:///{place}/demo.db",
        "CHENGQING_SMTP": mailbox.url,
        "CHENGQING_ALLOW_PRIVATE": ",".join(site.urls.hosts),
    }
