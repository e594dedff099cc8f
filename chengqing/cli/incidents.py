"""Incidents from the terminal: list them, look at one, acknowledge, own."""

from __future__ import annotations

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.words import sentence
from chengqing.cli.base import Given, Refused, command, language, text
from chengqing.wiring import Works, open_works
from storage.incident import Incident, SpikeRow, StageChange, concerns_of, take_note
from storage.person import by_email
from templates.catalogue import say


@click.group("incident", help=text("help_incident"))
def incident_() -> None:
    """See the catalogue."""


@incident_.command("list", help=text("help_incident_list"))
@click.option("--all", "every", is_flag=True, help=text("help_incident_all"))
@click.pass_obj
@command
def list_(given: Given, every: bool) -> None:
    """Show incidents, newest first."""
    with open_works(given.settings()) as works, works.database.read() as session:
        wanted = select(Incident).order_by(Incident.opened.desc())
        if not every:
            wanted = wanted.where(Incident.closed.is_(None))
        for row in session.scalars(wanted):
            opened = row.opened.astimezone(works.zone).strftime("%Y-%m-%d %H:%M")
            stage = say(f"alerts.stage_{row.stage}", language())
            click.echo(f"{row.id}\t{opened}\t{row.severity}\t{stage}\t{row.title}")


@incident_.command("show", help=text("help_incident_show"))
@click.argument("number", type=int)
@click.pass_obj
@command
def show(given: Given, number: int) -> None:
    """Show one incident: stages, spikes, and what people ask."""
    with open_works(given.settings()) as works, works.database.read() as session:
        incident = _named(session, number)
        click.echo(f"{incident.id} {incident.title}")
        _show_history(works, session, incident)
        for concern in concerns_of(session, incident.id, 5):
            click.echo(f"  ? {concern.question} ({concern.size})")


def _show_history(works: Works, session: Session, incident: Incident) -> None:
    stages = session.scalars(select(StageChange).where(StageChange.incident_id == incident.id))
    spikes = session.scalars(select(SpikeRow).where(SpikeRow.incident_id == incident.id))
    lines = [(row.at, f"stage_{row.stage}", row.why) for row in stages]
    lines += [(row.at, f"mood_{row.mood}", row.why) for row in spikes]
    for at, what, why in sorted(lines, key=lambda line: line[0]):
        hour = at.astimezone(works.zone).strftime("%m-%d %H:%M")
        name = say(f"alerts.{what}", language())
        click.echo(f"  {hour} {name}: {sentence(why, language(), works.zone)}")


@incident_.command("ack", help=text("help_incident_ack"))
@click.argument("number", type=int)
@click.option("--as", "email", required=True, help=text("help_as"))
@click.pass_obj
@command
def ack(given: Given, number: int, email: str) -> None:
    """Say that someone has seen it and owns it."""
    with open_works(given.settings()) as works, works.database.begin() as session:
        incident = _named(session, number)
        person = by_email(session, email)
        if person is None or not person.active:
            raise Refused(text("no_person", email=email), 2)
        take_note(session, incident, person.id, works.clock())
        incident.owner_id = person.id
    click.echo(text("incident_acked", number=number, name=person.name))


def _named(session: Session, number: int) -> Incident:
    found = session.get(Incident, number)
    if found is None:
        raise Refused(text("no_incident", number=number), 2)
    return found
