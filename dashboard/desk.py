"""A desk: one request of one reader, and the ways to answer it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, cast
from urllib.parse import urlencode

from fastapi import Depends, Request
from jinja2 import Environment
from starlette.convertors import Convertor, register_url_convertor
from starlette.responses import HTMLResponse, RedirectResponse, Response

from dashboard.gate import TheVisitor, Visitor, admit, signed_in
from dashboard.house import House
from dashboard.pages import Words, safe_link
from storage.base import Database
from storage.person import Person, Role
from templates.catalogue import entries

SEE_OTHER = 303
UNCHANGED = 204
#: Stands for a fragment's version until the fragment is rendered and hashed.
VERSION = "@@version@@"
#: Who may change what is watched, and who may learn the name behind a pseudonym.
STEWARDS, UNSEALERS = (Role.OPERATOR, Role.PR_LEAD), (Role.OPERATOR, Role.LEGAL)


class RowNumber(Convertor[int]):
    """The id of a row in an address: no longer than both databases can be asked for."""

    regex = "[0-9]{1,9}"

    def convert(self, value: str) -> int:
        """Read an id."""
        return int(value)

    def to_string(self, value: int) -> str:
        """Write an id."""
        return str(value)


# Here, since the screens, which import this, name it in their addresses.
register_url_convertor("row", RowNumber())


@dataclass(frozen=True)
class Desk:
    """Where a screen works: the request, the reader, the house, and their answers."""

    request: Request
    who: Visitor

    @property
    def house(self) -> House:
        """What the application was given."""
        return self.who.house

    @property
    def database(self) -> Database:
        """Where the records are."""
        return self.house.database

    @property
    def now(self) -> datetime:
        """The moment of this request, the same for everything in it."""
        return self.who.words.now

    @property
    def words(self) -> Words:
        """How this reader is spoken to."""
        return self.who.words

    @property
    def person(self) -> Person:
        """Who works here; only for screens behind the gate."""
        return signed_in(self.who)

    def render(self, page: str, **values: Any) -> str:
        """Fill a template of ``templates/dashboard`` or, with a slash, of its own folder."""
        env = cast(Environment, self.request.app.state.pages)
        name = page if "/" in page else f"dashboard/{page}"
        return env.get_template(name).render(self._common() | values)

    def show(self, page: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Answer with a page."""
        return HTMLResponse(self.render(page, **values), status)

    def live(self, page: str, **values: Any) -> Response:
        """Answer with a fragment, or with nothing when the reader already has just this.

        A fragment that did not change is not swapped, so nothing moves under the reader's eyes.
        """
        html, version = self._versioned(page, values)
        if self.request.query_params.get("have") == version:
            return Response(status_code=UNCHANGED)
        return HTMLResponse(html)

    def part(self, page: str, **values: Any) -> str:
        """Fill a live fragment for its first showing inside a page."""
        return self._versioned(page, values)[0]

    def _versioned(self, page: str, values: dict[str, Any]) -> tuple[str, str]:
        draft = self.render(page, version=VERSION, **values)
        version = hashlib.sha256(draft.encode()).hexdigest()[:16]
        return draft.replace(VERSION, version), version

    def go(self, path: str, said: str = "", **query: str) -> RedirectResponse:
        """Send the reader to another page, with a word on what was done."""
        asked = ({"said": said} if said else {}) | query
        return RedirectResponse(f"{path}?{urlencode(asked)}" if asked else path, SEE_OTHER)

    def _common(self) -> dict[str, Any]:
        said = self.request.query_params.get("said", "")
        person = self.who.person
        return {
            "w": self.words,
            "t": self.words.say,
            "person": person,
            "may": lambda *roles: person is not None and person.may(*(Role(r) for r in roles)),
            "token": self.who.token,
            "house": self.house,
            "now": self.now,
            "path": self.request.url.path,
            "safe_link": safe_link,
            "static": self.request.app.state.static_version,
            "said": said if f"dashboard.said_{said}" in entries() else "",
        }


def public_desk(request: Request, who: TheVisitor) -> Desk:
    """Give a desk to anybody."""
    return Desk(request, who)


class DeskFor:
    """A dependency that gives a desk to people with one of some roles."""

    def __init__(self, *roles: Role) -> None:
        self.roles = roles

    def __call__(self, request: Request, who: TheVisitor) -> Desk:
        """Let the person through, or raise what the gate raises."""
        admit(who, self.roles)
        return Desk(request, who)


def own_desk(request: Request, who: TheVisitor) -> Desk:
    """Give a desk to anyone signed in, whatever their roles."""
    signed_in(who)
    return Desk(request, who)


Open = Annotated[Desk, Depends(public_desk)]
Own = Annotated[Desk, Depends(own_desk)]
Reading = Annotated[Desk, Depends(DeskFor(*Role))]
Officer = Annotated[Desk, Depends(DeskFor(Role.OFFICER))]
Drafter = Annotated[Desk, Depends(DeskFor(Role.AUTHOR, Role.PR_LEAD))]
Editor = Annotated[Desk, Depends(DeskFor(Role.AUTHOR, Role.PR_LEAD, Role.LEGAL))]
Reviewer = Annotated[Desk, Depends(DeskFor(Role.PR_LEAD, Role.LEGAL, Role.PUBLISHER))]
Teacher = Annotated[Desk, Depends(DeskFor(Role.OFFICER, Role.AUTHOR, Role.PR_LEAD))]
Keeper = Annotated[Desk, Depends(DeskFor(Role.AUTHOR, Role.PR_LEAD, Role.LEGAL, Role.OFFICER))]
Sender = Annotated[Desk, Depends(DeskFor(Role.OFFICER, Role.PUBLISHER, Role.OPERATOR))]
Publisher = Annotated[Desk, Depends(DeskFor(Role.PUBLISHER))]
Steward = Annotated[Desk, Depends(DeskFor(*STEWARDS))]
Unsealer = Annotated[Desk, Depends(DeskFor(*UNSEALERS))]
Operator = Annotated[Desk, Depends(DeskFor(Role.OPERATOR))]
