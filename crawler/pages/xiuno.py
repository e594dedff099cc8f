"""Pages of Xiuno BBS 4, as its templates ``thread.htm`` and ``post_list.inc.htm`` write them.

Its times are relative for a day ("48分钟前"), so they are as exact as the site shows them.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime

from crawler.address import host_of, join
from crawler.counts import read_count
from crawler.pages.html import Element, first, line_of, remove, text_of
from crawler.pages.records import ClosedPage, ListPage, Post, ThreadPage, ThreadRow, UnknownPage
from crawler.when import read_time

_FORUM = re.compile(r"(?:^|[/?])forum-(\d+)(?:-\d+)?\.htm(?:$|\?)")
_THREAD = re.compile(r"(?:^|[/?])thread-(\d+)(?:-(\d+))?\.htm")
_UID = re.compile(r"user-(\d+)\.htm")
_LOGIN = re.compile(r"登录|权限|用户组")


def is_made_by(root: Element) -> bool:
    """Say whether a page was made by Xiuno BBS."""
    cards = "//*[contains(@class,'card-threadlist') or contains(@class,'card-thread')]"
    return bool(root.xpath(cards)) or "Xiuno" in line_of(first(root, "//title"))


def is_thread(root: Element) -> bool:
    """Say whether a page shows the posts of a thread."""
    return bool(root.xpath("//*[contains(@class,'card-thread') and not(contains(@class,'list'))]"))


def read_thread(root: Element, url: str, now: datetime) -> ThreadPage:
    """Read one page of a thread.

    Raises:
        UnknownPage: no posts where posts should be.
    """
    page = int(read_count(line_of(first(root, f"{_PAGER}[contains(@class,'active')]"))) or 1)
    dropped: Counter[str] = Counter()
    nodes = root.xpath("//*[contains(@class,'postlist')]/li[@data-pid]")
    opening = first(root, "//*[contains(@class,'card-thread')]//*[@isfirst='1']")
    if opening is None and not nodes:
        raise UnknownPage("neither div.message[isfirst] nor li.post")
    found = [_read(node, node, node.get("data-pid"), now) for node in nodes]
    if opening is not None and page == 1:
        card = first(opening, "ancestor::*[contains(@class,'card-thread')][1]")
        found.insert(0, _read(card, opening, "", now))
    posts = [post for post in found if isinstance(post, Post)]
    dropped.update(reason for reason in found if isinstance(reason, str))
    return ThreadPage(
        tid=thread_of(url),
        subject=line_of(first(root, "//*[contains(@class,'card-thread')]//h4")),
        posts=tuple(posts),
        dropped=dict(dropped),
        page=page,
        next_url=_next(root, url),
        views=read_count(line_of(first(root, "//i[contains(@class,'icon-eye')]/.."))),
        replies=read_count(line_of(first(root, "//span[@class='posts']"))),
    )


_PAGER = "//ul[contains(@class,'pagination')]/li"


def read_list(root: Element, url: str, now: datetime) -> ListPage:
    """Read a forum's list, or a site's index with the forums it names.

    Raises:
        ClosedPage: the site shows a message instead.
        UnknownPage: neither threads nor forums.
    """
    rows = [_read_row(node, url) for node in root.xpath("//li[@data-tid and @data-href]")]
    threads = tuple({row.tid: row for row in rows if row}.values())
    if not forum_of(url):
        links = [join(url, link) for link in root.xpath("//a/@href") if _FORUM.search(link)]
        forums: dict[str, str] = {}
        for link in links:
            if host_of(link) == host_of(url):
                forums.setdefault(forum_of(link), link)
        if forums:
            return ListPage((), tuple(forums.values()), None)
    if not threads and not root.xpath("//*[contains(@class,'threadlist')]"):
        message = line_of(first(root, "//*[@id='body']"))
        if message and _LOGIN.search(message[:200]):
            raise ClosedPage("login_needed", message)
        raise UnknownPage("no ul.threadlist")
    return ListPage(threads, (), _next(root, url))


def forum_of(url: str) -> str:
    """Return the number of the forum that ``url`` lists, or ""."""
    match = _FORUM.search(url)
    return match[1] if match else ""


def thread_of(url: str) -> str:
    """Return the number of the thread that ``url`` shows, or ""."""
    match = _THREAD.search(url)
    return match[1] if match else ""


def thread_page(url: str, page: int) -> str:
    """Return the address of another page of the same thread."""
    return re.sub(r"thread-(\d+)(?:-\d+)?\.htm", rf"thread-\1-{page}.htm", url)


def _read(place: Element, body: Element, key: str, now: datetime) -> Post | str:
    """Return the post, or the reason why it is none."""
    name = first(place, ".//span[contains(@class,'username')]//a")
    message = body if not key else first(body, ".//div[contains(@class,'message')]")
    published = read_time(line_of(first(place, ".//span[contains(@class,'date')]")), now)
    if message is None:
        return "no_text"
    remove(message, ".//blockquote[contains(@class,'blockquote')]")
    text = text_of(message)
    if not text or published is None:
        return "no_text" if not text else "undated"
    match = _UID.search(name.get("href", "")) if name is not None else None
    return Post(
        key=key,
        text=text,
        author=line_of(name) or None,
        author_id=match[1] if match else None,
        published=published,
        first=not key,
    )


def _read_row(node: Element, url: str) -> ThreadRow | None:
    link = join(url, node.get("data-href"))
    replies = line_of(first(node, ".//i[contains(@class,'icon-comment')]/.."))
    title = line_of(first(node, ".//*[contains(@class,'subject')]/a"))
    return ThreadRow(node.get("data-tid"), link, title, f"{replies}/") if link else None


def _next(root: Element, url: str) -> str | None:
    link = first(root, f"{_PAGER}/a[normalize-space()='▶']/@href")
    return join(url, link) or None if link else None
