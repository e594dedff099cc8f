"""Pages of Discuz! X2 to X3.5.

Markers as in the templates ``forum/viewthread_node.htm`` and ``forum/forumdisplay_list.htm``,
which agree over these versions.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from crawler.address import host_of, join
from crawler.counts import read_count
from crawler.pages.html import Element, first, line_of, remove, text_of
from crawler.pages.records import ClosedPage, ListPage, Post, ThreadPage, ThreadRow, UnknownPage
from crawler.when import read_time

_NOISE = (
    ".//*[contains(@class, 'jammer') or contains(@style, 'display:none') "
    "or contains(@style, 'display: none')] | .//ignore_js_op"
    " | .//*[contains(@class, 'attach_nopn')] | .//*[contains(@class, 'aimg_tip')]"
    " | .//*[starts-with(@class, 'tip')]"
)
_HEAD_NUMBERS = "//*[@id='postlist']//td[contains(@class, 'pls')]/div/span[@class='xi1']"
_LOGIN = re.compile(r"登录|登錄|阅读权限|用户组|无权|没有权限|权限")
_GONE = re.compile(r"不存在|已被删除|正在被审核|已关闭主题|不属于")
_TID = re.compile(r"(?:^|/)thread-(\d+)-(\d+)-\d+\.html")
_UID = re.compile(r"(?:space-uid-|[?&]uid=)(\d+)")
_PID = re.compile(r"[?&](?:amp;)?pid=(\d+)")
_EDITED = re.compile(r"于\s*(.+?)\s*编辑")


def is_made_by(root: Element) -> bool:
    """Say whether a page was made by Discuz! X, also where its name was taken off."""
    if root.xpath("//*[@id='threadlist' or @id='threadlisttableid' or @id='postlist']"):
        return True
    made_by = line_of(first(root, "//meta[@name='generator']/@content"))
    return "Discuz" in made_by or "Powered by Discuz" in line_of(first(root, "//title"))


def is_thread(root: Element) -> bool:
    """Say whether a page shows the posts of a thread."""
    return bool(root.xpath("//*[@id='postlist']"))


def read_thread(root: Element, url: str, now: datetime) -> ThreadPage:
    """Read one page of a thread.

    Raises:
        ClosedPage: the site shows a message in place of posts.
        UnknownPage: no posts where posts should be.
    """
    _refuse_message(root)
    nodes = root.xpath(
        "//*[@id='postlist']//*[starts-with(@id, 'pid') and number(substring(@id, 4))]"
    )
    if not nodes:
        raise UnknownPage("#postlist holds no table#pid…")
    page = int(read_count(line_of(first(root, "//div[@class='pg']/strong"))) or 1)
    dropped: Counter[str] = Counter()
    posts = []
    for place, node in enumerate(nodes):
        post = _read_post(node, is_first=page == 1 and place == 0, now=now)
        if isinstance(post, Post):
            posts.append(post)
        else:
            dropped[post] += 1
    numbers = [read_count(line_of(each)) for each in root.xpath(_HEAD_NUMBERS)]
    return ThreadPage(
        tid=thread_of(url) or line_of(first(root, "//input[@name='tid']/@value")),
        subject=line_of(first(root, "//*[@id='thread_subject']")),
        posts=tuple(posts),
        dropped=dict(dropped),
        page=page,
        next_url=_next(root, url),
        views=numbers[0] if len(numbers) > 1 else None,
        replies=numbers[1] if len(numbers) > 1 else None,
    )


def read_list(root: Element, url: str, now: datetime) -> ListPage:
    """Read a forum's list, or the forums of a site's index.

    Raises:
        ClosedPage: the site shows a message instead.
        UnknownPage: neither a list nor an index.
    """
    _refuse_message(root)
    base = _base(root, url)
    tables = root.xpath("//*[@id='threadlist' or @id='threadlisttableid']")
    if tables:
        bodies = root.xpath(
            "//tbody[starts-with(@id, 'normalthread_') or starts-with(@id, 'stickthread_')]"
        )
        rows = [row for row in (_read_row(body, base) for body in bodies) if row]
        if bodies and not rows:
            raise UnknownPage("#threadlist holds rows without a.xst")
        unique = {row.tid: row for row in rows}
        return ListPage(tuple(unique.values()), (), _next(root, url))
    forums = [join(base, link) for link in root.xpath("//a/@href") if forum_of(link)]
    forums = [link for link in dict.fromkeys(forums) if host_of(link) == host_of(url)]
    if not forums:
        raise UnknownPage("neither #threadlist nor links to forums")
    return ListPage((), _one_each(forums), None)


def forum_of(url: str) -> str:
    """Return the number of the forum that ``url`` lists, or ""."""
    if match := re.search(r"(?:^|/)forum-(\w+)-\d+\.html", url):
        return match[1]
    query = parse_qs(urlsplit(url).query)
    return query.get("fid", [""])[0] if query.get("mod") == ["forumdisplay"] else ""


def thread_of(url: str) -> str:
    """Return the number of the thread that ``url`` shows, or ""."""
    if match := _TID.search(url):
        return match[1]
    query = parse_qs(urlsplit(url).query)
    return query.get("tid", query.get("ptid", [""]))[0]


def thread_page(url: str, page: int) -> str:
    """Return the address of another page of the same thread."""
    if _TID.search(url):
        return re.sub(r"thread-(\d+)-\d+-", rf"thread-\1-{page}-", url)
    bare = re.sub(r"[?&]page=\d+", "", url)
    return f"{bare}{'&' if '?' in bare else '?'}page={page}"


def _read_post(node: Element, *, is_first: bool, now: datetime) -> Post | str:
    """Return the post, or the reason why it is none."""
    key = node.get("id")[3:]
    body = first(node, f".//*[@id='postmessage_{key}']")
    if body is None:
        return "locked" if node.xpath(".//*[contains(@class, 'locked')]") else "no_text"
    quotes = remove(body, ".//div[contains(@class, 'quote')]")
    notes = remove(body, ".//i[contains(@class, 'pstatus')]")
    hidden = remove(body, ".//*[contains(@class, 'locked')]")
    remove(body, _NOISE)
    text = text_of(body)
    published = _time(first(node, f".//*[@id='authorposton{key}']"), now)
    if not text:
        return "locked" if hidden else "no_text"
    if published is None:
        return "undated"
    name = first(node, ".//*[contains(@class, 'authi')]//a[contains(@class, 'xw1')]")
    return Post(
        key=key,
        text=text,
        author=line_of(name) or _nameless(node),
        author_id=_uid(name),
        published=published,
        edited=_edited(notes, now),
        first=is_first,
        quoted=_quoted(quotes),
    )


def _nameless(node: Element) -> str | None:
    """Return what stands in place of a name: 匿名, a guest's address, a deleted account."""
    return line_of(first(node, ".//*[contains(@class, 'authi')]"))[:50] or None


def _uid(name: Element | None) -> str | None:
    match = _UID.search(name.get("href", "")) if name is not None else None
    return match[1] if match else None


def _time(node: Element | None, now: datetime) -> datetime | None:
    if node is None:
        return None
    exact = read_time(line_of(first(node, ".//span/@title")), now)
    return exact or read_time(line_of(node).removeprefix("发表于"), now)


def _edited(notes: list[Element], now: datetime) -> datetime | None:
    for note in notes:
        exact = read_time(line_of(first(note, ".//span/@title")), now)
        match = _EDITED.search(line_of(note))
        if exact or match:
            return exact or read_time(match[1] if match else None, now)
    return None


def _quoted(quotes: list[Element]) -> str | None:
    for quote in quotes:
        for link in quote.xpath(".//a/@href"):
            if match := _PID.search(link):
                return match[1]
    return None


def _read_row(body: Element, base: str) -> ThreadRow | None:
    link = first(body, ".//a[contains(@class, 'xst')]")
    url = join(base, link.get("href", "")) if link is not None else ""
    if not url:
        return None
    replies = line_of(first(body, ".//td[contains(@class, 'num')]/a"))
    last = first(body, "(.//td[contains(@class, 'by')])[last()]/em")
    seen = line_of(first(last, ".//span/@title")) if last is not None else ""
    exact = seen or (line_of(last) if last is not None and "前" not in line_of(last) else "")
    return ThreadRow(body.get("id").split("_")[-1], url, line_of(link), f"{replies}/{exact}")


def _refuse_message(root: Element) -> None:
    message = first(root, "//*[@id='messagetext']")
    if message is None or is_thread(root):
        return
    words = line_of(first(message, ".//p")) or line_of(message)
    if _LOGIN.search(words):
        raise ClosedPage("login_needed", words)
    raise ClosedPage("gone" if _GONE.search(words) else "blocked", words)


def _next(root: Element, url: str) -> str | None:
    link = first(root, "//div[@class='pg']/a[contains(@class, 'nxt')]/@href")
    return join(_base(root, url), link) or None if link else None


def _base(root: Element, url: str) -> str:
    return join(url, line_of(first(root, "//base/@href"))) or url


def _one_each(forums: list[str]) -> tuple[str, ...]:
    return tuple({forum_of(link): link for link in reversed(forums)}.values())[::-1]
