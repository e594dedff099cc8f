"""Setting up, and finding out what is wrong."""

from __future__ import annotations

from typing import Any

import click

from chengqing import begin
from chengqing.cli.base import Given, Refused, command, language, text
from chengqing.cli.words import ask_password, mail_address
from chengqing.settings import CONFIG_FILE, ENV_FILE, PREFIX, load
from chengqing.wiring import Works, open_works
from crawler.spiders import REGISTRY
from storage.migrate import upgrade
from storage.person import Role, by_email
from templates.catalogue import say

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
    specs = [_spec(item, answers["query"]) for item in answers["sources"]]
    with open_works(settings, migrated=False) as works:
        upgrade(works.database)
        _fill(works, answers, specs)
        if answers["email"] and not _known(works, answers["email"]):
            password = ask_password(password_stdin, answers["email"])
            name = answers["name"] or answers["email"]
            works.add_person(answers["email"], name, FIRST_ROLES, password)
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
    hidden = {PREFIX + "SECRET": begin.new_secret()}
    if answers["smtp"]:
        hidden[PREFIX + "SMTP"] = answers["smtp"]
    begin.write_environment(ENV_FILE, hidden)
    config = given.config or CONFIG_FILE
    if not config.exists():
        values: dict[str, Any] = {"database": given.database or "sqlite:///chengqing.db"}
        if answers["company"]:
            values["company"] = {"name": answers["company"]}
        begin.write_settings(config, values)


def _spec(item: str, query: str | None) -> Any:
    from pydantic import ValidationError

    from crawler.source import SourceSpec

    kind, _, url = item.replace("=", " ", 1).partition(" ")
    if kind not in REGISTRY or not url:
        raise Refused(text("bad_source", given=item, kinds=list(REGISTRY)), 2)
    try:
        wanted = query if kind == "weibo" else None
        return SourceSpec(name=f"{kind} {url}"[:100], kind=kind, url=url.strip(), query=wanted)
    except ValidationError as error:
        why = error.errors()[0]["msg"]
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
                raise Refused(say(error.why.key, language(), **error.why.values), 2) from error
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
