"""What a format is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from releases.view import FeedInfo, PublicRelease


class Render(Protocol):
    """Turns releases, newest first, into the bytes of one document."""

    def __call__(self, feed: FeedInfo, releases: Sequence[PublicRelease]) -> bytes:
        """Return the document, UTF-8."""


@dataclass(frozen=True)
class Format:
    """A format of the wire.

    Attributes:
        name: how settings and addresses call it.
        media_type: its registered type, without parameters.
        file: the last part of its address under the newsroom.
        render: makes the document.
    """

    name: str
    media_type: str
    file: str
    render: Render
