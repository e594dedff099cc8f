"""People: who signs in, what they may do, who gets the alerts."""

from __future__ import annotations

import click
from sqlalchemy import select

from chengqing.cli.base import Given, Refused, command, text
from chengqing.cli.words import ask_password, mail_address
from chengqing.wiring import open_works
from storage.person import Person, Role, TakenError, by_email, move

ROLES = [role.value for role in Role]


@click.group("people", help=text("help_people"))
def people_() -> None:
    """See the catalogue."""


@people_.command("add", help=text("help_people_add"))
@click.argument("email")
@click.option("--name", required=True, help=text("help_name"))
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), help=text("help_role"))
@click.option("--alerts/--no-alerts", default=None, help=text("help_alerts"))
@click.option("--password-stdin", is_flag=True, help=text("help_password_stdin"))
@click.pass_obj
@command
def add(
    given: Given,
    email: str,
    name: str,
    roles: tuple[str, ...],
    alerts: bool | None,
    password_stdin: bool,
) -> None:
    """Add someone."""
    email = mail_address(email)
    with open_works(given.settings()) as works:
        try:
            works.add_person(email, name, roles, ask_password(password_stdin, email), alerts)
        except TakenError as error:
            raise Refused(text("person_exists", email=email)) from error
    click.echo(text("person_added", email=email, roles=list(roles) or [Role.WATCHER.value]))


@people_.command("list", help=text("help_people_list"))
@click.pass_obj
@command
def list_(given: Given) -> None:
    """Show everyone."""
    with open_works(given.settings()) as works, works.database.read() as session:
        for person in session.scalars(select(Person).order_by(Person.id)):
            marks = " ".join(
                filter(None, ["✉" if person.alerted else "", "" if person.active else "✗"])
            )
            click.echo(f"{person.email}\t{person.name}\t{','.join(person.roles)}\t{marks}".rstrip())


@people_.command("set", help=text("help_people_set"))
@click.argument("email")
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), help=text("help_role"))
@click.option("--alerts/--no-alerts", default=None, help=text("help_alerts"))
@click.option("--active/--inactive", default=None, help=text("help_active"))
@click.option("--new-password", is_flag=True, help=text("help_new_password"))
@click.option("--password-stdin", is_flag=True, help=text("help_password_stdin"))
@click.pass_obj
@command
def set_(
    given: Given,
    email: str,
    roles: tuple[str, ...],
    alerts: bool | None,
    active: bool | None,
    new_password: bool,
    password_stdin: bool,
) -> None:
    """Change someone; every session of theirs ends."""
    password = ask_password(password_stdin, email) if new_password or password_stdin else None
    with open_works(given.settings()) as works, works.database.begin() as session:
        person = by_email(session, email)
        if person is None:
            raise Refused(text("no_person", email=email))
        person.roles = list(roles) or person.roles
        person.alerted = person.alerted if alerts is None else alerts
        person.active = person.active if active is None else active
        if password:
            person.password = works.hash_password(password)
            person.failed, person.locked_until = 0, None
        person.epoch += 1
    click.echo(text("person_changed", email=email))


@people_.command("move", help=text("help_people_move"))
@click.argument("email")
@click.argument("new_email")
@click.pass_obj
@command
def move_(given: Given, email: str, new_email: str) -> None:
    """Give someone another address; what is owed to the old one goes there."""
    new_email = mail_address(new_email)
    with open_works(given.settings()) as works, works.database.begin() as session:
        person = by_email(session, email)
        if person is None:
            raise Refused(text("no_person", email=email))
        try:
            move(session, person, new_email)
        except TakenError as error:
            raise Refused(text("person_exists", email=new_email)) from error
    click.echo(text("person_moved", email=email, new=new_email))
