"""Weibo, as m.weibo.cn answers: a search, whole texts, comments."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urljoin

from scrapy.http import Response

from crawler.address import host_of
from crawler.pages import weibo
from crawler.pages.records import ClosedPage, UnknownPage
from crawler.spiders.visit import Visit, text_in
from storage.line import MentionLine

#: Search of 实时 (real time): newest first.
_NEWEST = 61
_COMMENTS_REMEMBERED = 2_000
_REDIRECTS = [301, 302, 303, 307, 308]


class WeiboVisit(Visit):
    """Turns search pages; asks for whole texts, and for comments where their number changed.

    State: ``{"comments": {post: number of comments when last read}}``.
    """

    name = "weibo"

    def begin(self) -> Iterable[Any]:
        """Ask for the first page of the search."""
        self.base, query = weibo.search_of(self.spec.url, self.spec.query)
        self.query = query
        self.counted: dict[str, int] = dict(self.spec.state.get("comments", {}))
        self.tally.state = {"comments": self.counted}
        yield from self._search(1)

    def _search(self, page: int) -> Iterable[Any]:
        container = quote(f"100103type={_NEWEST}&q={self.query}", safe="")
        path = f"/api/container/getIndex?containerid={container}&page_type=searchall"
        yield from self._api(f"{path}&page={page}", self._read_search, entry=True, page=page)

    def _api(self, path: str, read: Any, *, entry: bool = False, **meta: Any) -> Iterable[Any]:
        yield from self.ask(
            self.base + path,
            read,
            entry=entry,
            priority=0 if entry else 1,
            instead=meta.pop("instead", None),
            meta={**meta, "dont_redirect": True, "handle_httpstatus_list": _REDIRECTS},
            headers={"X-Requested-With": "XMLHttpRequest", "Accept": "application/json"},
        )

    def _read_search(self, response: Response) -> Iterable[Any]:
        page: int = response.meta["page"]
        try:
            posts = weibo.posts_of(data_in(response))
        except ClosedPage as closed:
            if closed.kind == "gone":
                return
            raise
        for post in posts:
            yield from self._post(post)
        if not posts:
            return
        if page >= self.spec.max_pages:
            self.tally.capped = True
        else:
            yield from self._search(page + 1)

    def _post(self, post: weibo.Json) -> Iterable[Any]:
        for card in weibo.read_post(post, self.base, self.spec.name, self.now):
            line = card.line
            if line.id in self.asked:
                continue
            self.asked.add(line.id)
            if card.is_long:
                path = f"/statuses/extend?id={line.id}"
                yield from self._api(
                    path,
                    self._read_long,
                    line=line,
                    instead=lambda line=line: self.tally.keep(line),
                )
            else:
                self.tally.keep(line)
            if card.comments and self.counted.get(line.id) != card.comments:
                yield from self._ask_comments(line, card.comments)

    def _read_long(self, response: Response) -> Iterable[Any]:
        self.tally.keep(weibo.with_long_text(response.meta["line"], data_in(response)))
        return ()

    def _ask_comments(
        self, line: MentionLine, count: int, page: int = 1, after: str = ""
    ) -> Iterable[Any]:
        if page > self.spec.comments:
            self.tally.capped = self.tally.capped or bool(after)
            return
        path = f"/comments/hotflow?id={line.id}&mid={line.id}&max_id_type=0"
        if after:
            path = f"/comments/hotflow?id={line.id}&mid={line.id}{after}"
        yield from self._api(path, self._read_comments, line=line, count=count, page=page)

    def _read_comments(self, response: Response) -> Iterable[Any]:
        line, count = response.meta["line"], response.meta["count"]
        try:
            data = data_in(response)
        except ClosedPage as closed:
            if closed.kind == "gone":
                return
            raise
        for comment in weibo.read_comments(data, line, self.now):
            self.tally.keep(comment)
        self._remember(line.id, count)
        if after := weibo.next_comments(data):
            yield from self._ask_comments(line, count, response.meta["page"] + 1, after)

    def _remember(self, post: str, count: int) -> None:
        self.counted.pop(post, None)
        self.counted[post] = count
        for old in list(self.counted)[:-_COMMENTS_REMEMBERED]:
            del self.counted[old]


def data_in(response: Response) -> weibo.Json:
    """Return the ``data`` of an answer.

    Raises:
        ClosedPage, UnknownPage: as ``weibo.data_of``; also for pages in place of JSON.
    """
    if response.status in _REDIRECTS:
        place = (response.headers.get("Location") or b"").decode("latin-1")
        target = urljoin(response.url, place)
        if "passport" in target or "login" in target or "signin" in target:
            raise ClosedPage("login_needed", f"redirected to {host_of(target)}")
        raise UnknownPage(f"redirected to {target[:200]}")
    text = text_in(response)
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as error:
        if "passport.weibo" in text or "visitor system" in text.lower():
            raise ClosedPage("login_needed", "Sina Visitor System") from error
        raise UnknownPage("the answer is no JSON") from error
    return weibo.data_of(answer)
