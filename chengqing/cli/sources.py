"""Sources: add and look after them, fetch without a database, extract one page, import files."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from chengqing import begin
from chengqing.cli.base import Given, Refused, command, language, text
from chengqing.settings import PREFIX
from chengqing.wiring import open_works
from crawler.source import BadSource, RobotsOverride, SourceSpec, checked, fault, load_source
from crawler.spiders import REGISTRY
from storage.schedule import Schedule
from storage.topic import Source, last_visits
from templates.catalogue import say

if TYPE_CHECKING:
    from delivery.http import Unreachable

KIND = click.Choice(list(REGISTRY))
FILE = click.Path(path_type=Path, dir_okay=False)


@click.group("source", help=text("help_source"))
def source_() -> None:
    """See the catalogue."""


@source_.command("add", help=text("help_source_add"))
@click.argument("kind_or_file")
@click.argument("url", required=False)
@click.option("--name", help=text("help_source_name"))
@click.option("--query", help=text("help_source_query"))
@click.option("--every", type=click.FloatRange(10), help=text("help_every"))
@click.option("--max-pages", type=click.IntRange(1, 10_000), help=text("help_max_pages"))
@click.option("--cookie-setting", help=text("help_cookie"))
@click.option("--override-robots", help=text("help_override"))
@click.option("--by", help=text("help_override_by"))
@click.pass_obj
@command
def add(
    given: Given,
    /,
    kind_or_file: str,
    url: str | None,
    override_robots: str | None,
    by: str | None,
    **options: Any,
) -> None:
    """Add a source, or change the one of that name."""
    with open_works(given.settings()) as works:
        spec = _spec(kind_or_file, url, options)
        if override_robots is not None:
            if not by or not override_robots.strip():
                raise Refused(text("override_needs_both"), 2)
            override = RobotsOverride(by=by, reason=override_robots, at=works.clock())
            spec = spec.model_copy(update={"robots_override": override})
        with works.database.begin() as session:
            begin.add_source(session, spec, works.clock())
    click.echo(text("source_added", name=spec.name))


def _spec(kind_or_file: str, url: str | None, options: dict[str, Any]) -> SourceSpec:
    from pydantic import ValidationError

    if url is None and kind_or_file not in REGISTRY:
        try:
            return load_source(Path(kind_or_file))
        except BadSource as error:
            raise Refused(say("crawler.bad_source", language(), why=error), 2) from error
    if url is None or kind_or_file not in REGISTRY:
        raise Refused(text("bad_source", given=kind_or_file, kinds=list(REGISTRY)), 2)
    chosen = {name: value for name, value in options.items() if value is not None}
    chosen.setdefault("name", f"{kind_or_file} {url}"[:100])
    try:
        return checked(SourceSpec(kind=kind_or_file, url=url, **chosen))
    except (ValidationError, BadSource) as error:
        why = fault(error) if isinstance(error, ValidationError) else str(error)
        raise Refused(text("bad_source_value", given=url, why=why), 2) from error


@source_.command("list", help=text("help_source_list"))
@click.pass_obj
@command
def list_(given: Given) -> None:
    """Show each source with its last visit."""
    with open_works(given.settings()) as works, works.database.read() as session:
        for source in session.scalars(select(Source).order_by(Source.id)):
            visits = last_visits(session, source.id, 1)
            last = visits[0].outcome or "…" if visits else "-"
            mark = "" if source.enabled else "✗ "
            click.echo(f"{mark}{source.name}\t{source.kind}\t{source.url}\t{last}")


@source_.command("visit", help=text("help_source_visit"))
@click.argument("name")
@click.pass_obj
@command
def visit(given: Given, name: str) -> None:
    """Crawl one source now."""
    from chengqing.pipeline.steps import visit as crawl

    with open_works(given.settings()) as works:
        with works.database.read() as session:
            source = _named(session, name)
        outcome = crawl(works, source.id)
        with works.database.read() as session:
            done = last_visits(session, source.id, 1)[0]
    if done.detail:
        click.echo(say(done.detail["key"], language(), **done.detail["values"]), err=True)
    click.echo(
        text(
            "visited", outcome=outcome, fetched=done.fetched, kept=done.kept,
            duplicate=done.duplicate + done.updated, dropped=done.dropped or "-",
        )
    )  # fmt: skip


@source_.command("set", help=text("help_source_set"))
@click.argument("name")
@click.option("--enabled/--disabled", required=True, help=text("help_enabled"))
@click.pass_obj
@command
def set_(given: Given, name: str, enabled: bool) -> None:
    """Switch a source on or off; what it brought stays."""
    with open_works(given.settings()) as works, works.database.begin() as session:
        source = _named(session, name)
        source.enabled = enabled
        for row in session.scalars(select(Schedule).where(Schedule.source_id == source.id)):
            row.enabled = enabled
    click.echo(text("source_set", name=name, state="✓" if enabled else "✗"))


def _named(session: Session, name: str) -> Source:
    source = session.scalar(select(Source).where(Source.name == name))
    if source is None:
        raise Refused(text("no_source_named", name=name), 2)
    return source


@click.command("fetch", help=text("help_fetch"))
@click.argument("kind", type=KIND)
@click.argument("url")
@click.option(
    "--max-pages", type=click.IntRange(1, 10_000), default=20, help=text("help_max_pages")
)
@click.option("--query", help=text("help_source_query"))
@click.option("--comments", type=click.IntRange(0, 1_000), default=1, help=text("help_comments"))
@click.option("--cookie-setting", help=text("help_cookie"))
@click.option("-o", "--output", type=FILE, help=text("help_output"))
@click.pass_obj
@command
def fetch_(given: Given, /, output: Path | None, **wish: Any) -> None:
    """Crawl without a database and write mention lines."""
    from crawler.fetch import Wish, fetch

    settings = given.settings()
    with ExitStack() as stack:
        out: IO[str] = (
            stack.enter_context(output.open("w", encoding="utf-8")) if output else sys.stdout
        )
        done = fetch(
            Wish(**wish),
            lambda line: click.echo(line, file=out),
            settings.now(),
            allow_private=settings.allow_private,
            contact=settings.contact,
        )
    click.echo(say(done.detail.key, language(), **done.detail.values), err=True)
    if done.report and done.report.dropped:
        reasons = [f"{reason} {count}" for reason, count in done.report.dropped.items()]
        click.echo(text("left_out", reasons=reasons), err=True)
    raise SystemExit(done.code)


@click.command("extract", help=text("help_extract"))
@click.argument("file_or_url")
@click.option("--url", help=text("help_extract_url"))
@click.pass_obj
@command
def extract_(given: Given, file_or_url: str, url: str | None) -> None:
    """Print title, author, time, text and source of one page."""
    from crawler.extract import NothingHere, extract

    settings = given.settings()
    page, kind, found_url = _page(file_or_url, settings.allow_private)
    try:
        found = extract(page, url or found_url, settings.now(), kind)
    except NothingHere as nothing:
        detail = nothing.detail
        raise Refused(say(detail.key, language(), **detail.values), 3) from nothing
    answer = {
        "title": found.title,
        "author": found.author,
        "published": found.published.isoformat() if found.published else None,
        "text": found.text,
        "source": found.source,
    }
    click.echo(json.dumps(answer, ensure_ascii=False))
    if not found.text:
        raise Refused(text("nothing_extracted", page=file_or_url), 3)


def _page(file_or_url: str, allow: tuple[str, ...]) -> tuple[bytes, str, str | None]:
    from delivery.http import Unreachable, fetch

    if not file_or_url.startswith(("http://", "https://")):
        path = Path(file_or_url)
        if not path.is_file():
            raise Refused(text("no_file", path=path), 2)
        return path.read_bytes(), "", None
    try:
        got = fetch(file_or_url, allow=allow)
    except Unreachable as error:
        raise Refused(_unreachable(error), 6) from error
    return got.body, got.headers.get("content-type", ""), got.url


def _unreachable(error: Unreachable) -> str:
    """Return why a page was not read, in the words that a visit has for it."""
    from delivery.guard import NotAllowed
    from delivery.http import MAX_BYTES

    cause = error.__cause__
    values: dict[str, object] = {"url": error.url, "megabytes": MAX_BYTES // 2**20}
    if isinstance(cause, NotAllowed):
        found = cause.addresses
        key = "private_address" if found else "network"
        values |= {"address": found, "error": f"DNS: {cause.host}"}
    else:
        key = {"timeout": "slow", "too_large": "too_large", "redirects": "redirects"}.get(
            error.reason, "network"
        )
        values["error"] = f"{error.reason}: {cause}" if cause else error.reason
    return say(f"crawler.{key}", language(), **values)


@click.command("import", help=text("help_import", name=PREFIX))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.pass_obj
@command
def import_(given: Given, files: tuple[Path, ...]) -> None:
    """Read streams and mention lines; what is refused goes into a reject file beside."""
    from chengqing.importing import import_file

    with open_works(given.settings()) as works:
        for path in files:
            now: datetime = works.clock()
            done = import_file(works, path, now)
            click.echo(
                text(
                    "imported", path=path, kept=done.taken.kept,
                    known=done.taken.duplicate + done.taken.updated, refused=done.refused,
                )
            )  # fmt: skip
            if done.rejects:
                click.echo(text("rejects_in", path=done.rejects), err=True)
