"""Releases from the terminal: draft, read, submit, approve, publish."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from chengqing.cli.base import Given, Refused, command, language, text
from chengqing.wiring import Works, open_works
from releases import draft, label, render, standing, workflow
from releases.findings import Finding
from releases.refusal import NotAllowed
from releases.view import release_url
from storage.person import Person, by_email
from storage.release import Release

who = click.option("--as", "email", required=True, help=text("help_as"))


@click.group("release", help=text("help_release"))
def release_() -> None:
    """See the catalogue."""


@contextmanager
def _acting(given: Given, email: str) -> Iterator[tuple[Works, Session, Person]]:
    """Open one transaction in which a named person acts; refusals become one line.

    Only after it is what was done kept: nothing is to be said of it before.
    """
    try:
        with open_works(given.settings()) as works, works.database.begin() as session:
            person = by_email(session, email)
            if person is None or not person.active:
                raise Refused(text("no_person", email=email), 2)
            yield works, session, person
    except NotAllowed as error:
        lines = [error.say(language()), *map(_objection, error.findings)]
        raise Refused("\n  ".join(lines)) from error


def _objection(found: Finding) -> str:
    """Return a finding by the id under which it can be waived."""
    return f"{found.id} {found.say(language())}"


def _named(session: Session, number: str) -> Release:
    found = session.scalar(select(Release).where(Release.number == number))
    if found is None:
        raise Refused(text("no_release", number=number), 2)
    return found


@release_.command("list", help=text("help_release_list"))
@click.pass_obj
@command
def list_(given: Given) -> None:
    """Show every release with its state."""
    with open_works(given.settings()) as works, works.database.read() as session:
        for release in session.scalars(select(Release).order_by(Release.id.desc())):
            click.echo(f"{release.number}\t{release.state}\t{release.headline}")


@release_.command("draft", help=text("help_release_draft"))
@click.argument("incident", type=int)
@who
@click.pass_obj
@command
def draft_(given: Given, incident: int, email: str) -> None:
    """Draft a clarification that answers an incident's leading questions."""
    with _acting(given, email) as (works, session, person):
        release = draft.write_draft(session, incident, person, works.clock(), works.terms)
    click.echo(release.number)


@release_.command("show", help=text("help_release_show"))
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help=text("help_json"))
@click.pass_obj
@command
def show(given: Given, number: str, as_json: bool) -> None:
    """Show a release's text, what still stands against it and who must agree."""
    with open_works(given.settings()) as works, works.database.read() as session:
        release = _named(session, number)
        now = works.clock()
        if as_json:
            click.echo(json.dumps(release.content, ensure_ascii=False, indent=1))
            return
        state = standing.standing(session, release, now, works.terms)
        at = release.published or now
        click.echo(render.text(release.content, release.number, at, works.zone))
        stands = label.state(release.state).say(language())
        click.echo(text("release_state", state=stands, digest=release.digest[:12]))
        for found in state.findings:
            click.echo(f"  {_objection(found)}")
        if state.missing:
            lacking = [label.capacity(one).say(language()) for one in state.missing]
            click.echo(text("release_missing", capacities=lacking))


@release_.command("submit", help=text("help_release_submit"))
@click.argument("number")
@click.option("--waive", "waivers", multiple=True, help=text("help_waive"))
@who
@click.pass_obj
@command
def submit(given: Given, number: str, waivers: tuple[str, ...], email: str) -> None:
    """Hand a draft to the approvers."""
    if bare := [waiver for waiver in waivers if "=" not in waiver]:
        raise Refused(text("bad_waiver", given=bare[0]), 2)
    reasons = dict(waiver.split("=", 1) for waiver in waivers)
    with _acting(given, email) as (works, session, person):
        release = _named(session, number)
        workflow.submit(session, release.id, person, works.clock(), works.terms, reasons)
    click.echo(text("release_submitted", number=number))


@release_.command("approve", help=text("help_release_approve"))
@click.argument("number")
@click.option("--comment", default="", help=text("help_comment"))
@who
@click.pass_obj
@command
def approve(given: Given, number: str, comment: str, email: str) -> None:
    """Sign the exact text in every capacity this person still owes."""
    with _acting(given, email) as (works, session, person):
        release = _named(session, number)
        workflow.approve(session, release.id, person, works.clock(), works.terms, comment=comment)
    stands = label.state(release.state).say(language())
    click.echo(text("release_approved", number=number, state=stands))


@release_.command("publish", help=text("help_release_publish"))
@click.argument("number")
@who
@click.pass_obj
@command
def publish(given: Given, number: str, email: str) -> None:
    """Put an approved release on the newsroom page and into every feed."""
    with _acting(given, email) as (works, session, person):
        release = _named(session, number)
        workflow.publish(session, release.id, person, works.clock(), works.terms)
    click.echo(release_url(works.settings.address, release.number))
