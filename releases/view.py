"""What the public sees of a release and of the newsroom: addresses, identity, rendered text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from releases import render
from releases.layout import summary
from releases.terms import Terms
from storage.release import Release
from templates.catalogue import say

#: Where the newsroom lies under the public address.
NEWSROOM = "newsroom"


@dataclass(frozen=True)
class PublicRelease:
    """A published release, ready for any format.

    Attributes:
        id: ``urn:uuid:…``, the same for all versions and addresses.
        number: the printed number.
        url: its page.
        headline: plain text.
        summary: plain text, whole sentences.
        html: body as an escaped fragment, without the headline.
        text: the whole as wire text.
        issuer: the company's name.
        kind: kind of statement.
        version: 1, and more with each correction.
        published: aware UTC time of the first publication.
        updated: aware UTC time of the last change the public can see.
    """

    id: str
    number: str
    url: str
    headline: str
    summary: str
    html: str
    text: str
    issuer: str
    kind: str
    version: int
    published: datetime
    updated: datetime


@dataclass(frozen=True)
class FeedInfo:
    """What a feed says of itself.

    Attributes:
        title: plain text.
        description: plain text.
        issuer: the company's name.
        home_url: the newsroom's page.
        self_url: the address of this very feed.
        updated: aware time to give where there is no release yet.
    """

    title: str
    description: str
    issuer: str
    home_url: str
    self_url: str
    updated: datetime


def public(release: Release, terms: Terms, public_url: str) -> PublicRelease:
    """Return what the public sees of a release.

    Raises:
        ValueError: it is not published; a draft must never reach a format.
    """
    if release.published is None:
        raise ValueError(f"release {release.number} is not published")
    where = (release.content, release.number, release.published, terms.zone)
    return PublicRelease(
        id=f"urn:uuid:{release.uid}",
        number=release.number,
        url=release_url(public_url, release.number),
        headline=release.headline,
        summary=summary(release.content),
        html=render.html(*where),
        text=render.text(*where),
        issuer=release.content["issuer"],
        kind=release.kind,
        version=release.version,
        published=release.published,
        updated=release.updated,
    )


def home_url(public_url: str) -> str:
    """Return the address of the newsroom's page."""
    return f"{public_url.rstrip('/')}/{NEWSROOM}"


def release_url(public_url: str, number: str) -> str:
    """Return the address of a release's page."""
    return f"{home_url(public_url)}/{number}"


def feed_info(terms: Terms, public_url: str, file: str, updated: datetime) -> FeedInfo:
    """Return what the feed served as ``file`` (``Format.file``) says of itself."""
    issuer = terms.company.name or terms.company.short
    return FeedInfo(
        title=say("releases.feed_title", issuer=issuer),
        description=say("releases.feed_description", issuer=issuer),
        issuer=issuer,
        home_url=home_url(public_url),
        self_url=f"{home_url(public_url)}/{file}",
        updated=updated,
    )
