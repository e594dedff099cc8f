"""The public newsroom: no sign-in, no cookie, only what was published; pages and feeds."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from fastapi import APIRouter
from starlette.responses import Response

from dashboard.desk import Desk, Open
from dashboard.gate import NotFoundError
from dashboard.newsroom import news_article, sources_of
from dashboard.terms import terms_of
from releases.formats import FORMATS
from releases.formats.format import Format
from releases.view import PublicRelease, feed_info, public
from storage.release import by_number, published

router = APIRouter()

#: Statements on the list and in each feed.
LISTED = 50
#: How long shared caches may keep a page, in seconds.
FRESH = 30
#: What a feed without statements says of its age.
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@router.api_route("/newsroom", methods=["GET", "HEAD"])
def listed(desk: Open) -> Response:
    """Show the published statements, newest first."""
    found = _public(desk)
    html = desk.render("newsroom/list.html", releases=found, formats=list(FORMATS.values()))
    return _answer(desk, html.encode(), "text/html; charset=utf-8", _latest(found))


@router.api_route("/newsroom/{number}", methods=["GET", "HEAD"])
def one(desk: Open, number: str) -> Response:
    """Show one published statement, or one of the feeds."""
    for form in FORMATS.values():
        if form.file == number:
            return _feed(desk, form)
    with desk.database.read() as session:
        release = by_number(session, number[:40])
        if release is None:
            raise NotFoundError
        sources = sources_of(session, release)
    shown = public(release, terms_of(desk.house), desk.house.public_url)
    html = desk.render(
        "newsroom/release.html",
        release=shown,
        sources=sources,
        next_update=_moment(release.content.get("next_update")),
        article=news_article(shown, desk.house.company),
        formats=list(FORMATS.values()),
    )
    return _answer(desk, html.encode(), "text/html; charset=utf-8", shown.updated)


def _feed(desk: Desk, form: Format) -> Response:
    found = _public(desk)
    latest = _latest(found)
    info = feed_info(terms_of(desk.house), desk.house.public_url, form.file, latest)
    answer = _answer(desk, form.render(info, found), form.media_type, latest)
    answer.headers["link"] = f'<{info.self_url}>; rel="self"'
    answer.headers["access-control-allow-origin"] = "*"
    return answer


def _public(desk: Desk) -> list[PublicRelease]:
    with desk.database.read() as session:
        rows = published(session, LISTED)
    terms = terms_of(desk.house)
    return [public(row, terms, desk.house.public_url) for row in rows]


def _latest(found: list[PublicRelease]) -> datetime:
    return max((one.updated for one in found), default=BEGINNING)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _answer(desk: Desk, body: bytes, media_type: str, changed: datetime) -> Response:
    """Answer with validators, or with 304 when the reader's copy is the same (RFC 9110, 13)."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    headers = {
        "etag": tag,
        "last-modified": format_datetime(changed.astimezone(UTC), usegmt=True),
        "cache-control": f"public, max-age={FRESH}",
        "vary": "cookie",
    }
    if _has(desk, tag, changed):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers | {"content-type": media_type})


def _has(desk: Desk, tag: str, changed: datetime) -> bool:
    asked = desk.request.headers
    if "if-none-match" in asked:
        given = {one.strip().removeprefix("W/") for one in asked["if-none-match"].split(",")}
        return bool(given & {tag, "*"})
    try:
        since = parsedate_to_datetime(asked.get("if-modified-since", ""))
    except ValueError:
        return False
    return since.tzinfo is not None and changed.replace(microsecond=0) <= since
