"""The gate: who is asking, what they may do, and whether a form is really theirs."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Annotated, cast
from urllib.parse import SplitResult, urlsplit

from fastapi import Depends, Request

from dashboard import session as tickets
from dashboard.house import House
from dashboard.pages import Words
from storage.person import Person, Role
from templates.catalogue import Language

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class NotSignedInError(Exception):
    """The page needs a person; the answer is the sign-in page."""


class NotAllowedError(Exception):
    """The person lacks every role that may do this; carries those roles."""

    def __init__(self, roles: tuple[Role, ...]) -> None:
        super().__init__(", ".join(roles))
        self.roles = roles


class ForgedFormError(Exception):
    """The form did not come from a page of this session."""


class NotFoundError(Exception):
    """There is no such thing."""


class StaleError(Exception):
    """What a person agreed to is no longer what there is; nothing was done."""


@dataclass(frozen=True)
class Visitor:
    """Whoever is at the door: perhaps a person, and the ticket their forms are bound to."""

    house: House
    person: Person | None
    ticket: tickets.Ticket
    words: Words

    @property
    def token(self) -> str:
        """What every form of this visitor carries."""
        return tickets.form_token(self.house, self.ticket)


def the_house(request: Request) -> House:
    """Return what the application was given."""
    return cast(House, request.app.state.house)


def visitor(request: Request, house: Annotated[House, Depends(the_house)]) -> Visitor:
    """Find out who is asking; a stale, foreign or revoked cookie is nobody's."""
    now = house.clock()
    ticket = tickets.read(house, request.cookies.get(tickets.cookie_name(house)), now)
    person = _holder(house, ticket) if ticket else None
    if ticket is None or (ticket.person_id and person is None):
        ticket = tickets.issue(house)
    chosen = person.language if person else request.cookies.get("language")
    language: Language = "en" if chosen == "en" else "zh"
    return Visitor(house, person, ticket, Words(language, house.zone, now))


def _holder(house: House, ticket: tickets.Ticket) -> Person | None:
    if not ticket.person_id:
        return None
    with house.database.read() as session:
        person = session.get(Person, ticket.person_id)
    return person if person and person.active and person.epoch == ticket.epoch else None


TheVisitor = Annotated[Visitor, Depends(visitor)]


async def guard(request: Request, who: TheVisitor) -> None:
    """Let a changing request through only from a page of ours in the same session.

    Raises:
        ForgedFormError: the token is missing or wrong, or the browser names a foreign origin.
    """
    if request.method in SAFE:
        return
    given = request.headers.get("x-form-token") or str((await request.form()).get("token", ""))
    fits = hmac.compare_digest(given.encode(), who.token.encode())
    if not fits or not _same_origin(request, who.house):
        raise ForgedFormError


def _same_origin(request: Request, house: House) -> bool:
    origin = request.headers.get("origin")
    if origin is None:
        return request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
    ours = {split(str(request.base_url))[:2], split(house.public_url)[:2]}
    theirs = split(origin)[:2]
    return all(theirs) and theirs in ours


def split(address: str) -> SplitResult:
    """Return the parts of an address that a visitor sent; of one that is none, nothing."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def signed_in(who: Visitor) -> Person:
    """Return the person, whatever their roles.

    Raises:
        NotSignedInError: nobody is signed in.
    """
    if who.person is None:
        raise NotSignedInError
    return who.person


def admit(who: Visitor, roles: tuple[Role, ...]) -> Person:
    """Return the person when they hold one of ``roles``.

    Raises:
        NotSignedInError: nobody is signed in.
        NotAllowedError: somebody is, without such a role.
    """
    person = signed_in(who)
    if not person.may(*roles):
        raise NotAllowedError(roles)
    return person
