"""The one place where things are made and joined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from analysis.words import use as use_words
from chengqing.clock import Clock
from chengqing.settings import Settings
from storage.base import Database, NotMigratedError
from storage.migrate import pending
from storage.person import Person, Role, TakenError, by_email
from storage.seal import Seal
from templates.catalogue import say

if TYPE_CHECKING:
    # Scoring and the web each take a second to import; a command pays only for what it uses.
    from analysis.moods import MoodModel
    from chengqing.models import Models
    from dashboard.house import House
    from delivery.outbox import Sender
    from releases.terms import Terms


@dataclass
class Works:
    """Everything a command or a worker needs, made on first use."""

    settings: Settings
    database: Database
    clock: Clock

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone in which people read times."""
        return ZoneInfo(self.settings.zone)

    @cached_property
    def seal(self) -> Seal:
        """Pseudonyms and sealed names."""
        return Seal(self.settings.key)

    @cached_property
    def models(self) -> Models:
        """The mood models at hand."""
        from chengqing.models import Models

        return Models(self.database, self.settings.model)

    @property
    def model(self) -> MoodModel:
        """The mood model in use at this moment.

        Raises:
            ModelError: it is not whole.
        """
        return self.models.now()

    @cached_property
    def terms(self) -> Terms:
        """Who speaks and who must agree."""
        from releases.terms import Terms

        return Terms(self.settings.who, self.settings.policy, self.zone)

    @cached_property
    def senders(self) -> dict[str, Sender]:
        """What sends each channel's messages."""
        from delivery.mail import SmtpSender

        if self.settings.smtp is None:
            return {}
        return {"mail": SmtpSender.from_url(self.settings.smtp.get_secret_value())}

    def house(
        self, demo_people: tuple[tuple[str, str, str, str], ...] = (), *, demo: bool = False
    ) -> House:
        """What the web application is given."""
        from dashboard.house import House

        return House(
            database=self.database,
            clock=self.clock,
            secret=self.settings.key,
            zone=self.zone,
            company=self.settings.who,
            policy=self.settings.policy,
            owed=self.settings.owed,
            public_url=self.settings.address,
            secure=self.settings.secure_cookies,
            demo=demo or bool(demo_people),
            demo_people=demo_people,
            model=self.models.now,
        )

    def hash_password(self, password: str) -> str:
        """Return the stored form of a password."""
        from dashboard.people import hash_password

        return hash_password(password)

    def add_person(
        self,
        email: str,
        name: str,
        roles: Sequence[str],
        password: str,
        alerted: bool | None = None,
    ) -> int:
        """Add someone and return their id; officers get alerts unless told otherwise.

        Raises:
            TakenError: the address is somebody else's.
        """
        hashed = self.hash_password(password)
        with self.database.begin() as session:
            if by_email(session, email):
                raise TakenError(email)
            person = Person(
                email=email.strip().lower(),
                name=name,
                roles=list(roles) or [Role.WATCHER.value],
                password=hashed,
                alerted=Role.OFFICER.value in roles if alerted is None else alerted,
                created=self.clock(),
            )
            session.add(person)
            session.flush()
            return person.id


@contextmanager
def open_works(
    settings: Settings, *, migrated: bool = True, clock: Clock | None = None
) -> Iterator[Works]:
    """Open the database and hand over the works; close it at the end.

    Args:
        settings: as read.
        migrated: refuse a database that is not at this version.
        clock: the present; None takes the one that the settings name.

    Raises:
        NotMigratedError: the database has no tables yet, or older ones than this version needs.
    """
    use_words(settings.words)
    database = Database(settings.database)
    try:
        if migrated and pending(database):
            raise NotMigratedError(say("cli.not_migrated"))
        yield Works(settings, database, clock or settings.now)
    finally:
        database.close()
