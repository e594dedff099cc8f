"""The team's table of outlets: who counts as large account, media, news site, central media."""

from __future__ import annotations

import click

from analysis.ignition import Tier, central
from analysis.plain import folded
from chengqing.cli.base import Given, Refused, command, language, text
from chengqing.wiring import open_works
from storage.voice import own_tiers, place_outlet
from templates.catalogue import say

TIERS = [tier.name.lower() for tier in Tier]


@click.group("outlet", help=text("help_outlet"))
def outlet_() -> None:
    """See the catalogue."""


@outlet_.command("list", help=text("help_outlet_list"))
@click.pass_obj
@command
def list_(given: Given) -> None:
    """Show the team's table, then what is known anyway."""
    with open_works(given.settings()) as works, works.database.read() as session:
        own = own_tiers(session)
    for name, tier in [*sorted(own.items()), *((n, t) for n, t in central().items())]:
        if name in own and own[name] != tier:
            continue
        word = say(f"signals.tier_{Tier(tier).name.lower()}", language())
        click.echo(f"{name}\t{Tier(tier).name.lower()}\t{word}")


@outlet_.command("set", help=text("help_outlet_set"))
@click.argument("name")
@click.argument("tier", type=click.Choice(TIERS))
@click.pass_obj
@command
def set_(given: Given, name: str, tier: str) -> None:
    """Place an outlet, by the name it signs with or by its host."""
    key = _key(name)
    with open_works(given.settings()) as works, works.database.begin() as session:
        place_outlet(session, key, Tier[tier.upper()])
    click.echo(text("outlet_set", name=key, tier=say(f"signals.tier_{tier}", language())))


@outlet_.command("forget", help=text("help_outlet_forget"))
@click.argument("name")
@click.pass_obj
@command
def forget(given: Given, name: str) -> None:
    """Take an outlet off the team's table."""
    key = _key(name)
    with open_works(given.settings()) as works, works.database.begin() as session:
        if not place_outlet(session, key, None):
            raise Refused(text("no_outlet", name=key), 2)
    click.echo(text("outlet_forgotten", name=key))


def _key(name: str) -> str:
    """Return the form in which names are compared; an address stands for its host."""
    host = name.partition("://")[2] or name
    key = folded(host.strip().partition("/")[0]).removeprefix("www.")
    if not 0 < len(key) <= 200:
        raise Refused(text("bad_outlet", name=name[:40]), 2)
    return key
