"""Keeping: migrations, backups, and the proof that the audit log was not altered."""

from __future__ import annotations

from pathlib import Path

import click

from chengqing import archive
from chengqing.cli.base import Given, Refused, command, language, text
from chengqing.wiring import open_works
from storage.migrate import current, upgrade


@click.command("migrate", help=text("help_migrate"))
@click.pass_obj
@command
def migrate_(given: Given) -> None:
    """Bring the database up to this version."""
    with open_works(given.settings(), migrated=False) as works:
        before = current(works.database)
        upgrade(works.database)
        after = current(works.database)
    click.echo(text("migrated" if before != after else "migrated_already", revision=after))


@click.command("backup", help=text("help_backup"))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
@command
def backup_(given: Given, file: Path) -> None:
    """Write everything into one file."""
    if file.exists():
        raise Refused(text("file_exists", path=file), 2)
    with open_works(given.settings()) as works:
        rows = archive.write(works.database, file)
    click.echo(text("backed_up", path=file, rows=rows))


@click.command("restore", help=text("help_restore"))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.pass_obj
@command
def restore_(given: Given, file: Path) -> None:
    """Fill an empty database from a backup."""
    with open_works(given.settings(), migrated=False) as works:
        upgrade(works.database)
        try:
            rows = archive.read(works.database, file)
        except archive.ArchiveError as error:
            raise Refused(str(error)) from error
    click.echo(text("restored", path=file, rows=rows))


@click.command("verify", help=text("help_verify"))
@click.pass_obj
@command
def verify_(given: Given) -> None:
    """Check the audit log's chain of hashes."""
    from releases.audit import verify_chain

    with open_works(given.settings()) as works, works.database.read() as session:
        problems = verify_chain(session)
    for problem in problems:
        click.echo(problem.say(language()), err=True)
    if problems:
        raise Refused(text("chain_broken", count=len(problems)))
    click.echo(text("chain_whole"))
