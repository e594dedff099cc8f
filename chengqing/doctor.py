"""What is wrong with this installation, one line a problem, each with what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import false, func, select, text, update
from sqlalchemy.exc import DBAPIError

from alerts.sight import SEES
from analysis.reason import Reason
from chengqing.settings import COOKIE_PREFIX, Settings
from chengqing.wiring import Works
from crawler.limits import cookie_named
from dashboard.pages import STATIC, VENDOR
from storage.base import Database, DatabaseError
from storage.migrate import pending
from storage.person import Person, Role
from storage.schedule import Schedule
from storage.topic import Source, Topic, last_visits
from templates.catalogue import Language, say

#: No machine's clock can be right before this program was written.
WRITTEN = datetime(2026, 11, 1, tzinfo=UTC)
#: How far the database server's clock may be from ours.
CLOCK_SKEW = timedelta(seconds=60)

Say = Callable[..., str]


def examine(settings: Settings, language: Language) -> Iterator[str]:
    """Yield every problem found; nothing means all is well."""

    def tell(key: str, **values: object) -> str:
        said = {
            name: say(value.key, language, **value.values) if isinstance(value, Reason) else value
            for name, value in values.items()
        }
        return say(f"cli.{key}", language, **said)

    if settings.secret is None:
        yield tell("no_secret")
    yield from _assets(tell)
    yield from _model(settings, tell)
    yield from _mail(settings, language, tell)
    try:
        database = Database(settings.database)
        if not database.begun:
            yield tell("not_migrated")
            return
        with database.begin() as session:
            session.execute(text("SELECT 1"))
    except DatabaseError as error:
        yield str(error)
        return
    except DBAPIError as error:
        yield tell("database_failed", why=str(error.orig).splitlines()[0])
        return
    try:
        yield from _clock(database, tell)
        if pending(database):
            yield tell("not_migrated")
            return
        yield from _writable(database, tell)
        yield from _records(Works(settings, database, settings.now), tell)
    finally:
        database.close()


def _assets(tell: Say) -> Iterator[str]:
    missing = [name for name in VENDOR if not (STATIC / "vendor" / name).is_file()]
    if missing:
        yield tell("assets_missing", files=missing)


def _model(settings: Settings, tell: Say) -> Iterator[str]:
    from analysis.moods import ModelError, MoodModel

    try:
        MoodModel.load(settings.model).read(["还能退货吗？"])
    except ModelError as error:
        yield tell("model_unusable", why=error.why)


def _mail(settings: Settings, language: Language, tell: Say) -> Iterator[str]:
    from delivery.mail import SmtpSender
    from delivery.smtp_setting import SettingError
    from delivery.undeliverable import Undeliverable, explain

    if settings.smtp is None:
        yield tell("no_smtp")
        return
    try:
        SmtpSender.from_url(settings.smtp.get_secret_value()).probe()
    except SettingError as error:
        yield tell("mail_fails", why=error)
    except Undeliverable as error:
        yield tell("mail_fails", why=explain(error.stored, language))


def _clock(database: Database, tell: Say) -> Iterator[str]:
    here = datetime.now(UTC)
    if here < WRITTEN:
        yield tell("clock_wrong", now=here.isoformat(timespec="seconds"))
    if not database.is_sqlite:
        with database.read() as session:
            there = session.scalar(select(func.clock_timestamp()))
        if there and abs(there - datetime.now(UTC)) > CLOCK_SKEW:
            yield tell("clock_differs", there=there.isoformat(timespec="seconds"))


def _writable(database: Database, tell: Say) -> Iterator[str]:
    """Try to write: a standby, or what is somebody else's, may let itself be read only."""
    try:
        with database.begin() as session:
            session.execute(update(Schedule).where(false()).values(enabled=True))
    except DBAPIError as error:
        yield tell("database_failed", why=str(error.orig).splitlines()[0])


def _records(works: Works, tell: Say) -> Iterator[str]:
    with works.database.read() as session:
        people = list(session.scalars(select(Person).where(Person.active)))
        if not session.scalar(select(func.count()).select_from(Topic)):
            yield tell("no_topic")
        sources = list(session.scalars(select(Source).where(Source.enabled)))
        visits = {source.id: last_visits(session, source.id, 1) for source in sources}
        rows = list(session.scalars(select(Schedule).where(Schedule.enabled)))
    if not sources:
        yield tell("no_source")
    for source in sources:
        cookie = source.options.get("cookie_setting")
        if cookie and not cookie_named(cookie):
            yield tell("cookie_missing", name=source.name, variable=COOKIE_PREFIX + cookie)
        outcome = visits[source.id][0].outcome if visits[source.id] else None
        if outcome is not None and outcome not in SEES:
            yield tell("source_ill", name=source.name, outcome=outcome)
    yield from _taught(works, tell)
    yield from _people(works, people, tell)
    for row in (row for row in rows if row.error):
        yield tell("work_failed", name=row.name, why=str(row.error).splitlines()[0])


def _taught(works: Works, tell: Say) -> Iterator[str]:
    """Try the model that the team taught, where one is in use."""
    from analysis.moods import ModelError
    from storage.mood_model import in_use

    with works.database.read() as session:
        version = in_use(session)
    if version is not None:
        try:
            works.models.named(version).read(["还能退货吗？"])
        except ModelError as error:
            yield tell("model_unusable", why=error.why)


def _people(works: Works, people: list[Person], tell: Say) -> Iterator[str]:
    if not any(person.alerted for person in people):
        yield tell("nobody_alerted")
    needed = [Role.AUTHOR, Role.PUBLISHER]
    if works.settings.policy == "pr_lead+legal":
        needed += [Role.PR_LEAD, Role.LEGAL]
    lacking = [role.value for role in needed if not any(p.may(role) for p in people)]
    if lacking:
        yield tell("roles_missing", roles=lacking)
