"""Passwords, lock-out and the one way in: what it takes to be let through the door."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import update

from delivery.letter import address_of
from storage.base import Database
from storage.person import Person, by_email

#: Failures in a row after which an account rests, and for how long (OWASP ASVS 2.2.1 habit).
FAILURES = 5
REST = timedelta(minutes=15)
#: Shortest and longest password, in characters (NIST SP 800-63B: length over composition).
SHORTEST, LONGEST = 10, 200

# Argon2id with 46 MiB, one pass, one lane (OWASP Password Storage Cheat Sheet, first choice).
_hasher = PasswordHasher(time_cost=1, memory_cost=47_104, parallelism=1)
# Each check takes memory and a core: a flood of sign-ins must not take the machine.
_room = threading.BoundedSemaphore(2)


def hash_password(password: str) -> str:
    """Return the argon2id hash that ``Person.password`` holds."""
    with _room:
        return _hasher.hash(password)


def check_password(hashed: str, password: str) -> bool:
    """Whether the password is the one behind the hash; a broken hash fits nothing."""
    if len(password) > LONGEST:
        return False
    try:
        with _room:
            return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def password_problem(password: str, email: str = "") -> str | None:
    """Return the catalogue key that says why a new password will not do, or None."""
    if len(password) < SHORTEST:
        return "dashboard.password_short"
    if len(password) > LONGEST:
        return "dashboard.password_long"
    if password.strip().lower() == email.strip().lower() or len(set(password)) < 4:
        return "dashboard.password_plain"
    return None


@cache
def _nobody() -> str:
    return hash_password("nobody has this password")


def sign_in(database: Database, email: str, password: str, now: datetime) -> Person | None:
    """Return who this is, or None: unknown, wrong, resting and closed accounts look the same.

    The hash is checked outside any transaction, and for unknown addresses too, so that neither
    the answer nor its time tells which addresses exist.
    """
    with database.read() as session:
        person = by_email(session, email[:320])
    fits = check_password(person.password if person else _nobody(), password)
    if person is None:
        return None
    resting = person.locked_until is not None and person.locked_until > now
    if resting or not person.active:
        return None
    _record(database, person.id, fits, now)
    return person if fits else None


def _record(database: Database, person_id: int, fits: bool, now: datetime) -> None:
    mine = update(Person).where(Person.id == person_id)
    with database.begin() as session:
        if fits:
            session.execute(mine.where(Person.failed > 0).values(failed=0, locked_until=None))
            return
        session.execute(mine.values(failed=Person.failed + 1))
        rest = mine.where(Person.failed >= FAILURES).values(failed=0, locked_until=now + REST)
        session.execute(rest)


def mailable(email: str) -> bool:
    """Whether mail can be sent there: an address that passes here and fails there warns nobody."""
    try:
        return "." in address_of(email).domain.strip(".")
    except ValueError:
        return False
