"""The whole error vocabulary of sending, and how a person reads it later."""

from __future__ import annotations

import json
from typing import Literal

from analysis.reason import Reason
from templates.catalogue import Language, MissingTextError, say

#: How much of a server's own words is kept, in characters.
MAX_SAID = 300


class Undeliverable(Exception):
    """A message that did not go out.

    Attributes:
        reason: what happened, as a ``delivery.<name>`` text and its values.
        final: whether trying again without a person's help is pointless.
        everyone: whether the channel itself is broken, so that its other messages wait too.
    """

    def __init__(self, reason: Reason, *, final: bool, everyone: bool = False) -> None:
        self.reason = reason
        self.final = final
        self.everyone = everyone
        super().__init__(say(reason.key, "zh", **reason.values))

    @property
    def stored(self) -> str:
        """The reason as a delivery row keeps it."""
        return store(self.reason)


def store(reason: Reason) -> str:
    """Return a reason as JSON text."""
    return json.dumps({"key": reason.key, "values": dict(reason.values)}, ensure_ascii=False)


def explain(error: str | None, language: Language = "zh") -> str:
    """Return a stored error (``Delivery.error``) as a sentence; text that is no reason as it is."""
    try:
        found = json.loads(error or "null")
        return say(found["key"], language, **found["values"])
    except (ValueError, TypeError, MissingTextError, KeyError):
        return error or ""


def said(words: bytes | str) -> str:
    """Return a server's words on one bounded line, without control characters."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line[:MAX_SAID]


ReasonKey = Literal[
    "address_wrong",
    "in_doubt",
    "mailbox_full",
    "no_answer",
    "no_sender",
    "not_encrypted",
    "refused",
    "sender_refused",
    "too_large",
    "unicode_address",
    "unreachable",
    "wait_asked",
    "wrong_password",
]


def because(name: ReasonKey, **values: object) -> Reason:
    """Return the reason ``delivery.<name>``."""
    return Reason(f"delivery.{name}", values)
