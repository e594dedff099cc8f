"""Topics from the terminal: what is watched, and what a query would find."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from chengqing.cli.base import Given, Refused, command, language, text
from chengqing.wiring import open_works
from dashboard import topics
from dashboard.refile import refile
from dashboard.topics import TopicError, Wish, readable
from dashboard.trial import Trial, trial
from storage.topic import Topic

Result = TypeVar("Result")


@click.group("topic", help=text("help_topic_group"))
def topic_() -> None:
    """See the catalogue."""


@topic_.command("list", help=text("help_topic_list"))
@click.pass_obj
@command
def list_(given: Given) -> None:
    """Show every topic."""
    with open_works(given.settings()) as works, works.database.read() as session:
        for topic in session.scalars(select(Topic).order_by(Topic.id)):
            mark = text("topic_archived_mark") if topic.archived else ""
            click.echo(f"{topic.id}\t{topic.name}\t{topic.query}\t{mark}".rstrip())


@topic_.command("try", help=text("help_topic_try"))
@click.argument("query")
@click.option("--against", help=text("help_topic_against"))
@click.pass_obj
@command
def try_(given: Given, query: str, against: str | None) -> None:
    """Show what a query would find among the stored posts."""
    with open_works(given.settings()) as works, works.database.read() as session:
        force = readable(_named(session, against).query) if against else None
        try:
            found = trial(session, readable(query), works.clock(), force)
        except TopicError as error:
            raise Refused(_pointed(query, error), 2) from error
    _show(found)


@topic_.command("add", help=text("help_topic_add"))
@click.argument("name")
@click.argument("query")
@click.pass_obj
@command
def add(given: Given, name: str, query: str) -> None:
    """Put a subject under watch."""
    with open_works(given.settings()) as works, works.database.begin() as session:
        topic = _refusing(lambda: topics.add(session, _wish(name, query), works.clock()))
    click.echo(text("topic_added", name=topic.name))


@topic_.command("set", help=text("help_topic_set"))
@click.argument("name")
@click.option("--name", "new_name", help=text("help_topic_name"))
@click.option("--query", help=text("help_topic_query"))
@click.pass_obj
@command
def set_(given: Given, name: str, new_name: str | None, query: str | None) -> None:
    """Change a topic's name or query, from now on."""
    if new_name is None and query is None:
        raise Refused(text("topic_nothing"), 2)
    with open_works(given.settings()) as works, works.database.begin() as session:
        topic = _named(session, name)
        wish = _wish(
            topic.name if new_name is None else new_name, topic.query if query is None else query
        )
        _refusing(lambda: topics.change(session, topic, wish, works.clock()))
    click.echo(text("topic_changed", name=wish.name))


@topic_.command("refile", help=text("help_topic_refile"))
@click.argument("name")
@click.option("--days", type=click.IntRange(1, 10_000), default=30, help=text("help_topic_days"))
@click.pass_obj
@command
def refile_(given: Given, name: str, days: int) -> None:
    """File all stored posts of some days by the query in force."""
    with open_works(given.settings()) as works:
        with works.database.read() as session:
            number = _named(session, name).id
        back = timedelta(days=days)
        done = refile(works.database, number, works.clock(), back=back, most=sys.maxsize)
    click.echo(text("topic_refiled", read=done.read, gained=done.gained, lost=done.lost))


@topic_.command("archive", help=text("help_topic_archive"))
@click.argument("name")
@click.pass_obj
@command
def archive(given: Given, name: str) -> None:
    """Stop watching a topic; what was seen stays."""
    with open_works(given.settings()) as works, works.database.begin() as session:
        topics.archive(session, _named(session, name), works.clock())
    click.echo(text("topic_changed", name=name))


@topic_.command("restore", help=text("help_topic_restore"))
@click.argument("name")
@click.pass_obj
@command
def restore(given: Given, name: str) -> None:
    """Watch an archived topic again."""
    with open_works(given.settings()) as works, works.database.begin() as session:
        topics.restore(session, _named(session, name), works.clock())
    click.echo(text("topic_changed", name=name))


def _named(session: Session, name: str) -> Topic:
    topic = session.scalar(select(Topic).where(Topic.name == name))
    if topic is None:
        raise Refused(text("topic_unknown", name=name), 2)
    return topic


def _wish(name: str, query: str) -> Wish:
    try:
        return topics.wish(name, query)
    except TopicError as error:
        raise Refused(_pointed(query, error), 2) from error


def _refusing(change: Callable[[], Result]) -> Result:
    try:
        return change()
    except TopicError as error:
        raise Refused(error.say(language()), 2) from error


def _pointed(query: str, error: TopicError) -> str:
    """Return the error, and the query with the wrong character marked."""
    if error.position is None:
        return error.say(language())
    at, held = error.position, topics.plain(query)
    before, after = held[max(0, at - 40) : at], held[at + 1 : at + 40]
    return f"{error.say(language())}\n  {before}»{held[at : at + 1] or ' '}«{after}"


def _show(found: Trial) -> None:
    least = "" if found.whole else "≥"
    click.echo(text("trial_read", n=found.read))
    for days, count in found.spans.items():
        click.echo(text("trial_days", days=days, n=f"{least}{count}"))
    for platform, counts in found.platforms.items():
        moods = " ".join(f"{name}={n}" for name, n in sorted(counts.items()))
        click.echo(f"  {platform}\t{moods}")
    for name, group in found.groups.items():
        click.echo(text(f"trial_{name}", n=group.count))
        for post in group.posts:
            line = " ".join(post.mention.text.split())[:70]
            click.echo(f"  {post.mention.platform}\t{line}")
