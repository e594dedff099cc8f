"""Forums: a site's index, a board, or one thread, on any engine we know."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scrapy.http import Response

from crawler.address import host_of
from crawler.pages import discuz, xiuno
from crawler.pages.html import Element, parse
from crawler.pages.records import Engine, Post, ThreadPage, ThreadRow, UnknownPage
from crawler.spiders.visit import Visit, text_in

PLATFORM = "forum"
#: Threads remembered from visit to visit, the latest visited first to stay.
_REMEMBERED = 5_000


class ForumVisit(Visit):
    """Reads lists, then the threads that changed since the last visit, from their last page on.

    State: ``{"threads": {tid: [mark of the list row, last page read, number of first post]}}``.
    """

    name = "forum"
    engines: tuple[Engine, ...] = (discuz, xiuno)

    def begin(self) -> Iterable[Any]:
        """Ask for the source's page; what it is shows when it comes."""
        self.threads: dict[str, list[Any]] = dict(self.spec.state.get("threads", {}))
        self.tally.state = {"threads": self.threads}
        return self.ask(self.spec.url, self._read_any, entry=True)

    def _read_any(self, response: Response) -> Iterable[Any]:
        root = self._root(response)
        if self.engine.is_thread(root):
            yield from self._thread(root, response.url, mark="", known_first="")
        else:
            yield from self._list(root, response.url, turned=1)

    def _read_list(self, response: Response) -> Iterable[Any]:
        yield from self._list(self._root(response), response.url, response.meta["turned"])

    def _list(self, root: Element, url: str, turned: int) -> Iterable[Any]:
        page = self.engine.read_list(root, url, self.now)
        for forum in page.forums:
            yield from self.ask(
                forum, self._read_list, entry=len(page.forums) == 1, meta={"turned": 1}
            )
        changed = [row for row in page.threads if not self._is_known(row)]
        self.tally.unchanged += len(page.threads) - len(changed)
        for row in changed:
            yield from self._visit_thread(row)
        if not page.next_url or not (changed or turned == 1):
            return
        if turned >= self.spec.max_pages:
            self.tally.capped = True
            return
        yield from self.ask(
            page.next_url, self._read_list, entry=True, meta={"turned": turned + 1}, priority=1
        )

    def _is_known(self, row: ThreadRow) -> bool:
        return bool(row.mark) and self.threads.get(row.tid, [None])[0] == row.mark

    def _visit_thread(self, row: ThreadRow) -> Iterable[Any]:
        _, page, first = self.threads.get(row.tid, ["", 1, ""])
        url = self.engine.thread_page(row.url, page) if page > 1 else row.url
        if row.tid not in self.asked:
            self.asked.add(row.tid)
            meta = {"mark": row.mark, "first": first}
            yield from self.ask(url, self._read_thread, meta=meta)

    def _read_thread(self, response: Response) -> Iterable[Any]:
        root = self._root(response)
        meta = response.meta
        yield from self._thread(root, response.url, meta["mark"], meta["first"])

    def _thread(self, root: Element, url: str, mark: str, known_first: str) -> Iterable[Any]:
        page = self.engine.read_thread(root, url, self.now)
        first = next((post.key for post in page.posts if post.first), known_first)
        for post in page.posts:
            self._keep(page, post, url, first)
        self.tally.dropped.update(page.dropped)
        follow = page.next_url and page.page < self.spec.max_pages
        if page.next_url and not follow:
            self.tally.capped = True
        if follow:
            meta = {"mark": mark, "first": first}
            yield from self.ask(page.next_url or "", self._read_thread, meta=meta, priority=2)
        else:
            self._remember(page, mark, first)

    def _root(self, response: Response) -> Element:
        """Parse a page and settle which engine made it."""
        root = parse(text_in(response))
        if root is None:
            raise UnknownPage("an empty page")
        for engine in self.engines:
            if engine.is_made_by(root):
                self.engine = engine
                return root
        raise UnknownPage(f"no sign of {', '.join(_name(engine) for engine in self.engines)}")

    def _remember(self, page: ThreadPage, mark: str, first: str) -> None:
        self.threads.pop(page.tid, None)
        self.threads[page.tid] = [mark, page.page, first]
        for tid in list(self.threads)[:-_REMEMBERED]:
            del self.threads[tid]

    def _keep(self, page: ThreadPage, post: Post, url: str, first: str) -> None:
        thread = f"{host_of(url)}/{page.tid}"
        quoted = f"{thread}/{post.quoted}" if post.quoted and post.quoted != first else thread
        self.tally.make(
            platform=PLATFORM,
            id=thread if post.first else f"{thread}/{post.key}",
            url=f"{url.split('#')[0]}#pid{post.key}",
            kind="post" if post.first else "comment",
            parent=None if post.first else quoted,
            thread=thread,
            author=_author(post, host_of(url)),
            published=post.published,
            edited=post.edited,
            title=page.subject if post.first else None,
            text=post.text,
            counts={"views": page.views, "comments": page.replies} if post.first else {},
            source=self.spec.name,
        )


def _name(engine: Engine) -> str:
    return engine.__name__.rsplit(".", 1)[-1]


def _author(post: Post, host: str) -> dict[str, Any] | None:
    if not post.author:
        return None
    return {
        "id": f"{host}/{post.author_id}" if post.author_id else None,
        "name": post.author,
        "kind": "person",
    }


class DiscuzVisit(ForumVisit):
    """A forum that must be Discuz! X."""

    name = "discuz"
    engines = (discuz,)


class XiunoVisit(ForumVisit):
    """A forum that must be Xiuno BBS."""

    name = "xiuno"
    engines = (xiuno,)
