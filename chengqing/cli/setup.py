"""Setting up, and finding out what is wrong."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import click

from chengqing import begin
from chengqing.cli.base import Given, Refused, command, language, sentence, text
from chengqing.cli.words import ask_password, mail_address
from chengqing.settings import CONFIG_FILE, ENV_FILE, HOLDS_PASSWORD, PREFIX, load
from chengqing.wiring import Works, open_works
from crawler.spiders import REGISTRY
from storage.migrate import upgrade
from storage.person import Role, by_email

#: What the first person may do: everything, so that a team of one can begin.
FIRST_ROLES = [role.value for role in Role]


@click.command("init", help=text("help_init"))
@click.option("--company", help=text("help_company"))
@click.option("--email", help=text("help_email"))
@click.option("--name", help=text("help_name"))
@click.option("--topic", help=text("help_topic"))
@click.option("--query", help=text("help_query"))
@click.option("--source", "sources", multiple=True, help=text("help_source_option"))
@click.option("--smtp", help=text("help_smtp"))
@click.option("--password-stdin", is_flag=True, help=text("help_password_stdin"))
@click.option("--no-input", is_flag=True, help=text("help_no_input"))
@click.pass_obj
@command
def init_(given: Given, /, no_input: bool, password_stdin: bool, **answers: Any) -> None:
    """Set everything up in one conversation, or from flags alone."""
    if not no_input:
        _converse(answers)
    if answers["email"]:
        answers["email"] = mail_address(answers["email"])
    _write_files(given, answers)
    settings = load(config=given.config, database=given.database)
    words = answers["query"] or answers["topic"]
    specs = [_spec(item, words) for item in answers["sources"]]
    with open_works(settings, migrated=False) as works:
        upgrade(works.database)
        _fill(works, answers, specs)
        if answers["email"] and not _known(works, answers["email"]):
            password = ask_password(password_stdin, answers["email"])
            name = answers["name"] or answers["email"]
            works.add_person(answers["email"], name, FIRST_ROLES, password)
    for line in _unwritten(given, answers):
        click.echo(line, err=True)
    click.echo(text("init_done", address=settings.address))


def _converse(answers: dict[str, Any]) -> None:
    """Ask for what no flag gave; an empty answer leaves it for later."""
    for name in ("company", "email", "name", "topic", "query", "smtp"):
        if answers[name] is None:
            default = answers["topic"] if name == "query" else ""
            answers[name] = click.prompt(
                text(f"ask_{name}"), default=default, show_default=bool(default)
            )
    if not answers["sources"]:
        found = []
        kinds = " ".join(REGISTRY)
        while line := click.prompt(text("ask_source", kinds=kinds), default="", show_default=False):
            found.append(line)
        answers["sources"] = found


def _write_files(given: Given, answers: dict[str, Any]) -> None:
    hidden = {}
    # Beside one that the environment keeps, another would wait in the file to take its place.
    if not os.environ.get(PREFIX + "SECRET"):
        hidden[PREFIX + "SECRET"] = begin.new_secret()
    if answers["smtp"]:
        hidden[PREFIX + "SMTP"] = answers["smtp"]
    # What only this shell exports would be forgotten by the next, which would begin a second one.
    exported = os.environ.get(PREFIX + "DATABASE")
    database = given.database or exported or "sqlite:///chengqing.db"
    values: dict[str, Any] = {}
    config = given.config or CONFIG_FILE
    if HOLDS_PASSWORD.search(database) and not config.exists():
        hidden[PREFIX + "DATABASE"] = database
    else:
        values["database"] = database
    begin.write_environment(ENV_FILE, hidden)
    if answers["company"]:
        values["company"] = {"name": answers["company"]}
    if not config.exists():
        begin.write_settings(config, values)


def _unwritten(given: Given, answers: dict[str, Any]) -> Iterator[str]:
    """Say what was given and is not what holds, as something else was set before."""
    held = load(config=given.config)
    smtp = held.smtp.get_secret_value() if held.smtp else None
    settled = {
        "SMTP": (answers["smtp"], smtp),
        "COMPANY_NAME": (answers["company"], held.company.name),
        "DATABASE": (given.database, held.database),
    }
    files = {"env": ENV_FILE, "config": given.config or CONFIG_FILE}
    for name, (asked, holds) in settled.items():
        if asked and asked != holds:
            yield text("init_unwritten", variable=PREFIX + name, **files)


def _spec(item: str, query: str | None) -> Any:
    from pydantic import ValidationError

    from crawler.source import BadSource, SourceSpec, checked, fault

    kind, _, url = item.replace("=", " ", 1).partition(" ")
    if kind not in REGISTRY or not url:
        raise Refused(text("bad_source", given=item, kinds=list(REGISTRY)), 2)
    try:
        wanted = query if kind == "weibo" else None
        spec = SourceSpec(name=f"{kind} {url}"[:100], kind=kind, url=url.strip(), query=wanted)
        return checked(spec)
    except (ValidationError, BadSource) as error:
        why = fault(error) if isinstance(error, ValidationError) else str(error)
        raise Refused(text("bad_source_value", given=item, why=why), 2) from error


def _fill(works: Works, answers: dict[str, Any], specs: list[Any]) -> None:
    from analysis.query import QueryError

    now = works.clock()
    with works.database.begin() as session:
        if answers["topic"]:
            try:
                begin.add_topic(
                    session, answers["topic"], answers["query"] or answers["topic"], now
                )
            except QueryError as error:
                raise Refused(sentence(error.why), 2) from error
        for spec in specs:
            begin.add_source(session, spec, now)
        begin.add_schedules(session, now, works.zone)


def _known(works: Works, email: str) -> bool:
    with works.database.read() as session:
        return by_email(session, email) is not None


@click.command("doctor", help=text("help_doctor"))
@click.pass_obj
@command
def doctor_(given: Given) -> None:
    """Say what is wrong and what to do; exit 1 if anything is."""
    from chengqing.doctor import examine

    problems = list(examine(given.settings(), language()))
    for problem in problems:
        click.echo(f"✗ {problem}")
    if problems:
        raise SystemExit(1)
    click.echo(text("all_well"))
