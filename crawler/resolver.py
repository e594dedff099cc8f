"""Name look-up for Twisted that gives out only addresses we may connect to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]

from delivery.guard import NotAllowed, permitted

#: Hosts (as ``host_of`` writes them) that the guard refused in this process.
REFUSED: dict[str, NotAllowed] = {}


@implementer(IHostnameResolver)
class GuardedResolver:
    """Twisted's resolver, giving out only addresses that may be connected to.

    Every connection asks it, also those to literal addresses, and connects to what it gave out:
    nothing is looked up twice.
    """

    def __init__(self, inner: Any, allow: Collection[str]) -> None:
        self.inner = inner
        self.allow = tuple(allow)

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[Any]] | None = None,
        transportSemantics: str = "TCP",
    ) -> Any:
        """See IHostnameResolver."""
        return self.inner.resolveHostName(
            _Filter(resolutionReceiver, hostName, portNumber, self.allow),
            hostName,
            portNumber,
            addressTypes,
            transportSemantics,
        )


@implementer(IResolutionReceiver)
class _Filter:
    """Collects addresses and passes on those the guard permits."""

    def __init__(self, outer: Any, host: str, port: int, allow: tuple[str, ...]) -> None:
        self.outer, self.host, self.port, self.allow = outer, host, port, allow
        self.found: list[Any] = []

    def resolutionBegan(self, resolution: Any) -> None:
        self.outer.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:
        self.found.append(address)

    def resolutionComplete(self) -> None:
        hosts = [str(address.host) for address in self.found]
        try:
            kept = permitted(self.host, hosts, self.allow, self.port) if hosts else []
        except NotAllowed as refusal:
            kept = []
            port = "" if self.port in (80, 443) else f":{self.port}"
            REFUSED[f"{self.host}{port}"] = refusal
        for address in self.found:
            if str(address.host) in kept:
                self.outer.addressResolved(address)
        self.outer.resolutionComplete()
