"""The session cookie and the form token, both signed with the house's secret."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.responses import Response

from dashboard.house import House

#: One shift; after it people sign in again.
LIFETIME = timedelta(hours=12)
#: The demonstration's clock runs fast, so its sessions must not end with its hours.
DEMO_LIFETIME = timedelta(days=3_650)


@dataclass(frozen=True)
class Ticket:
    """What the cookie says: nobody (person 0) or a person at an epoch, and a nonce."""

    person_id: int
    epoch: int
    expires: int
    nonce: str


def _signer(house: House) -> URLSafeSerializer:
    return URLSafeSerializer(
        house.secret,
        salt="chengqing.session",
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )


def cookie_name(house: House) -> str:
    """Over HTTPS the prefix binds the cookie to this host (RFC 6265bis)."""
    return "__Host-chengqing" if house.secure else "chengqing"


def issue(house: House, person_id: int = 0, epoch: int = 0) -> Ticket:
    """Make a fresh ticket; a new nonce makes every earlier form token void."""
    life = DEMO_LIFETIME if house.demo else LIFETIME
    expires = int((house.clock() + life).timestamp())
    return Ticket(person_id, epoch, expires, secrets.token_urlsafe(16))


def read(house: House, cookie: str | None, now: datetime) -> Ticket | None:
    """Return the ticket of a cookie that is ours, whole and not expired."""
    if not cookie:
        return None
    try:
        person_id, epoch, expires, nonce = _signer(house).loads(cookie)
        ticket = Ticket(int(person_id), int(epoch), int(expires), str(nonce))
    except (BadSignature, ValueError, TypeError):
        return None
    return ticket if ticket.expires > now.timestamp() else None


def write(house: House, response: Response, ticket: Ticket) -> None:
    """Put the ticket into the response's cookie."""
    value = _signer(house).dumps([ticket.person_id, ticket.epoch, ticket.expires, ticket.nonce])
    assert isinstance(value, str)  # noqa: S101 - the serialiser returns str for str input
    response.set_cookie(
        cookie_name(house), value, httponly=True, samesite="lax", secure=house.secure, path="/"
    )


def form_token(house: House, ticket: Ticket) -> str:
    """Return the token that every form of this session carries."""
    text = f"form:{ticket.person_id}:{ticket.epoch}:{ticket.nonce}".encode()
    return hmac.new(house.secret.encode(), text, hashlib.sha256).hexdigest()[:40]
