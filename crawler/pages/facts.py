"""Title, author, time, origin and site of a page, from the places where sites put them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from crawler.pages.html import Element, first, line_of
from crawler.pages.records import ClosedPage
from crawler.when import from_epoch, read_time

_TIME_METAS = (
    "article:published_time", "og:time", "og:release_date", "publishdate", "pubdate",
    "publish_time", "apub:time", "datepublished", "dateupdate", "weibo: article:create_at",
    "weibo:article:create_at", "dc.date.issued", "date", "_pubtime", "firstpublishedtime",
)  # fmt: skip
_SOURCE_METAS = ("mediaid", "source", "contentsource", "copyright_source", "article:author")
_AUTHOR_METAS = ("author", "article:author", "og:article:author", "byl")
_SITE_METAS = ("og:site_name", "application-name")
_TIME_PLACES = (
    "//time/@datetime",
    "//*[@id='publish_time' or @id='pubtime' or @id='pubtime_baidu' or @id='post-date']",
    "//*[contains(@class,'date-source')]//*[contains(@class,'date')]",
    "//*[contains(@class,'pubtime') or contains(@class,'pub-time')"
    " or contains(@class,'publish-time') or contains(@class,'h-time')"
    " or contains(@class,'article-time') or contains(@class,'post_time')"
    " or contains(@class,'article-sub') or contains(@class,'post-date')]",
)
_SOURCE_PLACES = (
    "//a[@id='ne_article_source']",
    "//em[@id='source'] | //*[@id='source_baidu'] | //*[@id='js_name']",
    "//*[contains(@class,'date-source')]/a | //*[@class='source' or @class='media_source']",
)
_TITLE_PLACES = (
    "//h1[contains(@class,'title') or contains(@class,'Title')] | //*[@id='activity-name']",
    "//h1",
)
_SOURCE = re.compile(r"(?:来源|稿源)\s*[:：]\s*([^\s<|()（）,，。]{2,30})")
_FULL = re.compile(
    r"(?<!\d)20\d{2}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}日?[\sT\u3000]{0,4}"
    r"\d{1,2}[:：]\d{2}(?:[:：]\d{2})?"
)
_DAY = re.compile(r"(?<!\d)20\d{2}[-/年]\d{1,2}[-/月]\d{1,2}日?")
_JSON_TIME = re.compile(
    r"""["']?(?:datePublished|publishTime|publish_time|newsTime|pubtime|createTime|ptime)["']?"""
    r"""\s*[:=]\s*["']?(\d{4}-\d{2}-\d{2}[^"',}]{0,20}|\d{10,13})"""
)
_WECHAT_TIME = re.compile(r"""var\s+ct\s*=\s*["'](\d{10})["']""")
_TAIL = re.compile(r"\s*(?:[-_|—–]+|--)\s*[^-_|—–]{2,30}$")
_NO_NAME = re.compile(r"@|^\d+$|://")
_MORE = re.compile(r"作者|编辑|\d+\s*(?:人|评论|跟贴)|\d{4}[-年]")
_PARTS = re.compile(r"[-_|—–]+")
_BYLINE = re.compile(r"^(?:本报)?(?:作者|记者|文/|编辑)[::\s]*")


@dataclass(frozen=True)
class Facts:
    """What a page says about itself; ``published`` is aware, in UTC."""

    title: str | None
    author: str | None
    published: datetime | None
    source: str | None
    site: str | None


def read_facts(root: Element, html: str, now: datetime) -> Facts:
    """Read what a page says about itself.

    Raises:
        ClosedPage: WeChat shows why an article is gone.
    """
    _refuse_gone(root)
    metas = _metas(root)
    body = line_of(first(root, "//body"))
    return Facts(
        title=_title(root, metas),
        author=_author(root, metas),
        published=_published(root, metas, html, body, now),
        source=_source(root, metas, body),
        site=_one(metas, _SITE_METAS),
    )


def _refuse_gone(root: Element) -> None:
    """Tell apart WeChat's pages for deleted, removed and closed articles."""
    notice = first(
        root, "//*[contains(@class,'weui-msg__title') or contains(@class,'weui_msg_title')]"
    )
    words = line_of(notice)
    if words and not root.xpath("//*[@id='js_content']"):
        raise ClosedPage("gone", words)


def _metas(root: Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop")
        content = " ".join((meta.get("content") or "").split())
        if name and content:
            found.setdefault(name.strip().lower(), content)
    return found


def _one(metas: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((metas[name] for name in names if metas.get(name)), None)


def _title(root: Element, metas: dict[str, str]) -> str | None:
    whole = line_of(first(root, "//title"))
    for path in _TITLE_PLACES:
        for place in root.xpath(path):
            words = line_of(place)
            if 4 <= len(words) <= 150 and (not whole or _alike(words, whole)):
                return words
    shared = metas.get("og:title")
    if shared:
        return shared
    return (_TAIL.sub("", whole) or whole).strip("-_|—– ") or None


def _alike(words: str, whole: str) -> bool:
    dense, page = "".join(words.split()), "".join(whole.split())
    longest = max((len(part) for part in _PARTS.split(page)), default=0)
    return 2 * len(dense) >= longest and (dense[:12] in page or page[:12] in dense)


def _author(root: Element, metas: dict[str, str]) -> str | None:
    found = _one(metas, _AUTHOR_METAS)
    if not found or found.startswith("http"):
        place = first(root, "//*[@rel='author' or @itemprop='author' or @class='author']")
        found = line_of(place)
    words = _BYLINE.sub("", found or "").strip()
    return words if 2 <= len(words) <= 40 and not _NO_NAME.search(words) else None


def _published(
    root: Element, metas: dict[str, str], html: str, body: str, now: datetime
) -> datetime | None:
    """Return the first time found that is not a bare day, else the first bare day."""
    days: list[datetime] = []
    for words in _times(root, metas, html, body):
        found = from_epoch(float(words)) if words.isdigit() else read_time(words, now)
        if found is None:
            continue
        if words.isdigit() or ":" in words or "：" in words or "前" in words:
            return found
        days.append(found)
    return days[0] if days else None


def _times(root: Element, metas: dict[str, str], html: str, body: str) -> Iterator[str]:
    if match := _WECHAT_TIME.search(html):
        yield match[1]
    yield from (metas[name] for name in _TIME_METAS if name in metas)
    if match := _JSON_TIME.search(html):
        yield match[1]
    for path in _TIME_PLACES:
        yield from (line_of(place)[:60] for place in root.xpath(path)[:3])
    for pattern in (_FULL, _DAY):
        if match := pattern.search(body):
            yield match[0]


def _source(root: Element, metas: dict[str, str], body: str) -> str | None:
    for path in _SOURCE_PLACES:
        words = line_of(first(root, path))
        words = _MORE.split(_SOURCE.sub(r"\1", words))[0].strip()
        if 2 <= len(words) <= 40:
            return words
    if match := _SOURCE.search(body):
        return _MORE.split(match[1])[0] or None
    found = _one(metas, _SOURCE_METAS)
    return found if found and len(found) <= 40 and not found.startswith("http") else None
