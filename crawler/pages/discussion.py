"""The text of a discussion on a site whose engine we do not know: opening post, then replies."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler.pages.article import SENTENCE, TIME, is_byline, main_element
from crawler.pages.html import Element, first, line_of, remove, text_of

_REPLIES = re.compile(
    r"(?:^|[-_\s])(?:comments?|repl(?:y|ies)|answers?|floors?|postlist|posts?stream|post-?body"
    r"|discuss(?:ion)?s?|responses?)(?:$|[-_\s]|list|item|box|wrap|content|area|con)",
    re.IGNORECASE,
)
_FURNITURE = re.compile(
    r"(?:回复|举报|点?赞同?|收藏|分享|登录|注册|展开|收起|加载更多|查看更多|只看该作者|只看楼主|倒序浏览"
    r"|关注|更多|评论|添加评论|喜欢|复制链接|发送|提交|删除|编辑|引用|踩|转发|最新|最热|热门|全部)"
    r"[\s\d（）()]*"
)
_NAME = 16
_AROUND_TIME = re.compile(r"[\s·|-]|发[布表]于|评论")
_LETTER = re.compile(r"[^\W\d_]|[^\x00-\xff]")
_ADDRESS = re.compile(
    r"bbs|forum|thread|topic|question|/t/|/d/|/p/\d|discuss|comments?|/faq/|viewtopic|tieba|community"
    r"|weibo\.c(?:om|n)/\d",
    re.IGNORECASE,
)
_TYPES = re.compile(r"DiscussionForumPosting|QAPage|SocialMediaPosting")


def is_discussion(root: Element, url: str | None) -> bool:
    """Say whether a page is talk by many rather than one article.

    A news page with comments below is an article; address and schema.org type decide.
    """
    if url and _ADDRESS.search(urlsplit(url).netloc + urlsplit(url).path):
        return True
    kinds = root.xpath("//*[@itemtype]/@itemtype") + [
        line_of(each)[:2_000] for each in root.xpath("//script[@type='application/ld+json']")
    ]
    address = line_of(first(root, "//link[@rel='canonical']/@href"))
    return any(_TYPES.search(kind) for kind in kinds) or bool(_ADDRESS.search(address))


def discussion_text(root: Element, title: str) -> str:
    """Return the opening post and all replies in the order of the page."""
    opening = main_element(root, title)
    remove(root, ".//header | .//textarea | .//button | .//input | .//select")
    places = [each for each in root.iter() if each is opening or _is_replies(each)]
    lines = [line for place in _outermost(places) for line in text_of(place).split("\n")]
    return "\n".join(_spoken(lines))


def _spoken(lines: list[str]) -> list[str]:
    """Leave out by-lines, counters and buttons; a name alone before a time alone goes too."""
    kept: list[str] = []
    for line in lines:
        if is_byline(line):
            alone = len(_AROUND_TIME.sub("", TIME.sub("", line))) < 2
            if alone and kept and len(kept[-1]) <= _NAME and not SENTENCE.search(kept[-1]):
                kept.pop()
        elif _LETTER.search(line) and not _FURNITURE.fullmatch(line):
            kept.append(line)
    return kept


def _is_replies(node: Element) -> bool:
    if node.tag not in ("div", "ul", "ol", "li", "section", "article", "main", "table", "dl"):
        return False
    return bool(_REPLIES.search(node.get("class") or "") or _REPLIES.search(node.get("id") or ""))


def _outermost(places: list[Element]) -> list[Element]:
    known = set(places)
    return [place for place in places if not any(up in known for up in place.iterancestors())]
