"""The main text of a page: an article's, or all posts of a discussion in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crawler.decode import decode
from crawler.outcome import Detail
from crawler.pages import article, discussion, discuz, xiuno
from crawler.pages.facts import Facts, read_facts
from crawler.pages.html import Element, parse
from crawler.pages.records import ClosedPage, Engine, UnknownPage

#: Below this many characters our reading of an article is checked against trafilatura's.
_SHORT = 60

_ENGINES: tuple[Engine, ...] = (discuz, xiuno)


@dataclass(frozen=True)
class Extracted:
    """What a page says.

    Attributes:
        published: aware, in UTC.
        text: one paragraph a line; of a discussion, all posts in order.
        source: the outlet that the page names as the origin.
        site: the outlet that serves the page.
    """

    title: str | None
    author: str | None
    published: datetime | None
    text: str
    source: str | None
    site: str | None = None


class NothingHere(ValueError):
    """A page without a text to extract.

    Attributes:
        detail: why, for ``templates.catalogue.say``.
    """

    def __init__(self, key: str, words: str = "") -> None:
        self.detail = Detail(key=f"crawler.{key}", values={"words": words} if words else {})
        super().__init__(f"{key}: {words}" if words else key)


def extract(html: bytes | str, url: str | None, now: datetime, content_type: str = "") -> Extracted:
    """Return what a page says.

    Args:
        html: the page as fetched; bytes are decoded whatever they declare.
        url: where it came from, if known; helps to tell discussions from articles.
        now: aware; what relative times count from.
        content_type: the header it came with.

    Raises:
        NothingHere: no HTML, or a page that only says why it is empty.
    """
    source = html if isinstance(html, str) else decode(html, content_type)
    if not source.strip():
        raise NothingHere("page_empty")
    if "<" not in source[:100_000]:
        raise NothingHere("page_no_html")
    root = parse(source)
    if root is None:
        raise NothingHere("page_no_html")
    try:
        facts = read_facts(root, source, now)
        return _discussed(root, url, now, facts) or _written(root, source, url, facts)
    except ClosedPage as closed:
        raise NothingHere("page_says", closed.words) from closed


def _discussed(root: Element, url: str | None, now: datetime, facts: Facts) -> Extracted | None:
    """Read a page of an engine we know."""
    for engine in _ENGINES:
        if not (engine.is_made_by(root) and engine.is_thread(root)):
            continue
        try:
            page = engine.read_thread(root, url or "", now)
        except UnknownPage:
            return None
        if not page.posts:
            return None
        first = page.posts[0]
        return Extracted(
            title=page.subject or facts.title,
            author=first.author,
            published=first.published,
            text="\n".join(post.text for post in page.posts),
            source=None,
            site=facts.site,
        )
    return None


def _written(root: Element, source: str, url: str | None, facts: Facts) -> Extracted:
    title = facts.title or ""
    other = _Trafilatura(source, url)
    if discussion.is_discussion(root, url):
        text = discussion.discussion_text(root, title)
        opening = other.text()
        if not _holds(text, opening):
            text = f"{opening}\n{text}"
    else:
        text = article.main_text(root, title)
        if len(text) < _SHORT:
            text = max(text, other.text(), key=len)
    return Extracted(
        title=facts.title, author=facts.author, published=facts.published,
        text=text, source=facts.source, site=facts.site,
    )  # fmt: skip


def _holds(text: str, part: str) -> bool:
    """Say whether most of ``part`` stands in ``text``."""
    wanted = article.pairs(part)
    return len(wanted & article.pairs(text)) >= 0.7 * len(wanted)


class _Trafilatura:
    """A second opinion, asked only where it is wanted: loading it takes half a second."""

    def __init__(self, source: str, url: str | None) -> None:
        self.source, self.url = source, url

    def text(self) -> str:
        import trafilatura

        found = trafilatura.extract(
            self.source, url=self.url, favor_precision=True, include_comments=False
        )
        return found or ""
