"""Answers of m.weibo.cn: search cards, posts, comments.

The field names are those the mobile site's own script reads; a shape they do not fit is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from crawler.counts import read_count
from crawler.pages.html import parse, text_of
from crawler.pages.records import ClosedPage, UnknownPage
from crawler.when import read_time
from storage.line import AuthorKind, AuthorLine, CountsLine, MentionLine

PLATFORM = "weibo"

#: verified_type: 1 government, 3 media, the other "blue V" bodies count as companies.
_KINDS: dict[int, AuthorKind] = {
    -1: "person", 0: "person", 1: "government", 2: "company", 3: "media", 4: "company",
    5: "company", 6: "company", 7: "company", 200: "person", 220: "person",
}  # fmt: skip
_REGION = re.compile(r"^(?:发布于|来自)\s*")
_CARDS_WITHIN = 3

Json = dict[str, Any]


@dataclass(frozen=True)
class Card:
    """A found post: its line, and what must be asked to complete it."""

    line: MentionLine
    is_long: bool
    comments: int


def data_of(answer: object) -> Json:
    """Return the ``data`` of an answer.

    Raises:
        ClosedPage: not signed in, or nothing there ("gone").
        UnknownPage: not an answer of this interface.
    """
    if not isinstance(answer, dict) or "ok" not in answer:
        raise UnknownPage("no ok in the answer")
    words = str(answer.get("msg") or "")
    if answer["ok"] == -100 or "passport" in str(answer.get("url") or ""):
        raise ClosedPage("login_needed", words or "ok = -100")
    data = answer.get("data")
    if answer["ok"] == 1 and isinstance(data, dict):
        return data
    if answer["ok"] == 0:
        raise ClosedPage("gone", words or "ok = 0")
    raise UnknownPage(f"ok = {answer['ok']!r} and data is {type(data).__name__}")


def posts_of(data: Json) -> list[Json]:
    """Return the posts of a search answer, in order, out of single and grouped cards.

    Raises:
        UnknownPage: there are no cards, or cards and no post in any of them that we know.
    """
    cards = data.get("cards")
    if not isinstance(cards, list):
        raise UnknownPage("data.cards is no list")
    return list(_posts(cards, _CARDS_WITHIN))


def _posts(cards: list[Any], depth: int) -> Iterator[Json]:
    for card in cards:
        if not isinstance(card, dict):
            continue
        mblog, group = card.get("mblog"), card.get("card_group")
        if isinstance(mblog, dict):
            yield mblog
        if isinstance(group, list) and depth:
            yield from _posts(group, depth - 1)


def read_post(mblog: Json, base: str, source: str, now: datetime) -> list[Card]:
    """Return the post, and before it the one it passes on where that still exists.

    Raises:
        UnknownPage: no id, text or user.
    """
    original = mblog.get("retweeted_status")
    cards = []
    if isinstance(original, dict) and isinstance(original.get("user"), dict):
        cards.append(_card(original, None, base, source, now))
    passed_on = str(original["id"]) if isinstance(original, dict) and original.get("id") else None
    if mblog.get("user") is not None:
        cards.append(_card(mblog, passed_on, base, source, now))
    return cards


def _card(mblog: Json, passed_on: str | None, base: str, source: str, now: datetime) -> Card:
    name = str(mblog.get("id") or mblog.get("mid") or "")
    if not name or not isinstance(mblog.get("text"), str):
        raise UnknownPage("a mblog without id or text")
    comments = read_count(mblog.get("comments_count"))
    line = MentionLine(
        platform=PLATFORM,
        id=name,
        url=f"{base}/detail/{name}",
        kind="repost" if passed_on or "retweeted_status" in mblog else "post",
        parent=passed_on,
        thread=passed_on or name,
        author=_author(mblog.get("user")),
        region=_region(mblog.get("region_name")),
        published=read_time(str(mblog.get("created_at") or ""), now),
        edited=read_time(str(mblog.get("edit_at") or ""), now),
        text=plain(_long(mblog) or mblog["text"]),
        counts=CountsLine(
            likes=read_count(mblog.get("attitudes_count")),
            comments=comments,
            reposts=read_count(mblog.get("reposts_count")),
        ),
        source=source,
    )
    return Card(line, bool(mblog.get("isLongText")) and not _long(mblog), comments or 0)


def _long(mblog: Json) -> str:
    long = mblog.get("longText")
    found = long.get("longTextContent") if isinstance(long, dict) else None
    return found if isinstance(found, str) else ""


def with_long_text(line: MentionLine, data: Json) -> MentionLine:
    """Return the line with the whole text of a ``/statuses/extend`` answer."""
    found = data.get("longTextContent")
    return line.model_copy(update={"text": plain(found)}) if isinstance(found, str) else line


def read_comments(data: Json, post: MentionLine, now: datetime) -> list[MentionLine]:
    """Return the comments of a ``hotflow`` or ``comments/show`` answer, with those below them.

    Raises:
        UnknownPage: no list of comments.
    """
    rows = data.get("data")
    if not isinstance(rows, list):
        raise UnknownPage("data.data is no list")
    hot = data.get("hot_data")
    lines = {}
    for row in [*(hot if isinstance(hot, list) else []), *rows]:
        for line in _thread(row, post, now):
            lines[line.id] = line
    return list(lines.values())


def _thread(row: object, post: MentionLine, now: datetime) -> Iterator[MentionLine]:
    if not isinstance(row, dict) or not row.get("id") or not isinstance(row.get("text"), str):
        raise UnknownPage("a comment without id or text")
    parent = str(row.get("rootid") or row["id"])
    below = row.get("comments")
    yield MentionLine(
        platform=PLATFORM,
        id=str(row["id"]),
        url=post.url,
        kind="comment",
        parent=post.id if parent == str(row["id"]) else parent,
        thread=post.thread,
        author=_author(row.get("user")),
        region=_region(row.get("source")),
        published=read_time(str(row.get("created_at") or ""), now),
        text=plain(row["text"]),
        counts=CountsLine(
            likes=read_count(row.get("like_count", row.get("like_counts"))),
            comments=read_count(row.get("total_number")),
        ),
        source=post.source,
    )
    for child in below if isinstance(below, list) else []:
        yield from _thread({"rootid": row["id"], **child, "comments": None}, post, now)


def next_comments(data: Json) -> str:
    """Return the query that asks for the next page of comments, or "" at the end."""
    last = data.get("max_id")
    return f"&max_id={last}&max_id_type={data.get('max_id_type') or 0}" if last else ""


def plain(html: str) -> str:
    """Return the text of a post's HTML, emoticons by their names ("[太开心]")."""
    root = parse(f"<div>{html}</div>")
    return text_of(root) if root is not None else ""


def _author(user: object) -> AuthorLine | None:
    if not isinstance(user, dict):
        return None
    return AuthorLine(
        id=str(user["id"]) if user.get("id") else None,
        name=str(user["screen_name"]) if user.get("screen_name") else None,
        followers=read_count(user.get("followers_count")),
        kind=_KINDS.get(kind) if isinstance(kind := user.get("verified_type"), int) else None,
    )


def _region(words: object) -> str | None:
    """Return "河南" of "来自河南"; older answers hold the client there, which is no region."""
    text = str(words or "").strip()
    return _REGION.sub("", text) if _REGION.match(text) else None


def search_of(url: str, query: str | None) -> tuple[str, str]:
    """Return the site's base address and the search words.

    The words come from ``query``, or from ``q=`` in the address, alone or inside ``containerid``.

    Raises:
        ValueError: no words anywhere.
    """
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    container = parse_qs(asked.get("containerid", [""])[0])
    words = query or (asked.get("q") or container.get("q") or [""])[0]
    if not words.strip():
        raise ValueError(f"{url}: no search words; give query, or ?q=… in the address")
    path = parts.path
    for known in ("/api/container/getIndex", "/search", "/p/searchall"):
        path = path.removesuffix(known)
    return f"{parts.scheme}://{parts.netloc}{path.rstrip('/')}", words.strip()
