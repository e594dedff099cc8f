"""Which addresses the product may connect to: public ones, and private ones the operator named."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Collection, Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: RFC 6052 and RFC 8215: IPv6 prefixes that carry an IPv4 address in their last 32 bits.
_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))


class NotAllowed(Exception):
    """A host that resolves to no address we may connect to.

    Attributes:
        host: the host as written in the address.
        addresses: what it resolved to; empty when it is no host at all.
    """

    def __init__(self, host: str, addresses: Iterable[str] = ()) -> None:
        self.host = host
        self.addresses = tuple(addresses)
        where = ", ".join(self.addresses) or "nothing"
        super().__init__(
            f"{host} leads to {where}, which is not a public address; "
            f"name the host in CHENGQING_ALLOW_PRIVATE if it is yours"
        )


def is_public(ip: str | Address) -> bool:
    """Say whether ``ip`` is a global unicast address, also inside the IPv6 wrappings of IPv4."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = _wrapped(address)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast


def _wrapped(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if any(address in net for net in _NAT64) or int(address) >> 32 == 0:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def is_named(host: str, port: int | None, allow: Collection[str]) -> bool:
    """Say whether ``allow`` names ``host`` (as written, not as resolved) or ``host:port``."""
    bare = host.strip("[]").rstrip(".").lower()
    wanted = {bare, f"[{bare}]"}
    if port is not None:
        wanted |= {f"{bare}:{port}", f"[{bare}]:{port}"}
    return any(entry.strip().lower() in wanted for entry in allow)


def permitted(
    host: str, addresses: Iterable[str], allow: Collection[str], port: int | None = None
) -> list[str]:
    """Return those of ``addresses`` that a connection to ``host`` may use.

    Raises:
        NotAllowed: none is left.
    """
    found = list(addresses)
    if is_named(host, port, allow):
        kept = found
    else:
        kept = [address for address in found if is_public(address)]
    if not kept:
        raise NotAllowed(host, found)
    return kept


def _look_up(host: str, port: int | None) -> list[str]:
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def resolve_allowed(
    host: str,
    allow: Collection[str],
    port: int | None = None,
    look_up: Callable[[str, int | None], list[str]] = _look_up,
) -> list[str]:
    """Resolve ``host`` and return the addresses to connect to, in the resolver's order.

    Connect to one of these, not to the name: a second look-up may answer otherwise.

    Raises:
        NotAllowed: it resolves to nothing, or only to addresses that are not permitted.
    """
    return permitted(host, look_up(host, port), allow, port)
