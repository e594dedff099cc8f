"""The main text of an article, by where its sentences lie.

After Readability (Arc90, 2010): every paragraph gives points to the elements around it, more for
the nearer; the element with most points, less its share of links, holds the article. Weights
are ours, for Chinese: sentences are counted by their marks, not by words.
"""

from __future__ import annotations

import heapq
import re
from collections import defaultdict

from crawler.pages.html import Element, remove, text_of

_JUNK = re.compile(
    r"comment|reply|relat|recommend|sidebar|side-|footer|foot|header|nav|menu|share|social|copyright"
    r"|banner|advert|promo|breadcrumb|crumb|login|hot|rank|tuijian|xiangguan|pinglun|bianji|editor"
    r"|toolbar|subscribe|qrcode|popup|modal|tags?\b|pager|pagination|disclaimer|statement"
    r"|player|video|control",
    re.IGNORECASE,
)
_GOOD = re.compile(
    r"article|content|detail|main|post|body|entry|text|story|news|zhengwen|wenzhang|rich_media",
    re.IGNORECASE,
)
_MARKS = re.compile("[，。！？；：、,.!?;:]")
_TAGS = ".//script | .//style | .//noscript | .//form | .//iframe | .//nav | .//footer | .//aside"
_HIDDEN = ".//*[contains(translate(@style, ' ', ''), 'display:none')]"
#: A line with a time and no sentence is a by-line up to this many characters.
_BYLINE = 60
_CREDIT = re.compile(r"(?:来源|作者|编辑|责编|责任编辑|发布于|稿源|记者)\s*[:：][^，。！？]{0,40}$")
TIME = re.compile(
    r"\d{2,4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\s*\d{1,2}:\d{2}(?::\d{2})?)?"
    r"|\d{1,2}:\d{2}(?::\d{2})?"
    r"|(?:\d+|半)\s*(?:秒|分钟|小时|天|周|个?月|年)前|刚刚|昨天|前天|今天"
)
SENTENCE = re.compile("[，。！？；,!?]")
#: Least characters and marks of a piece of text that speaks for its place.
_LEAST, _LEAST_MARKS = 15, 1
_LINKS = 0.5
#: Elements with most points that are weighed; weighing reads all their text.
_LOOKED_AT = 15
_TEASER = re.compile(r"(?:\.\.\.|…)\s*(?:【?详细】?|\[详细\]|更多)?$")


def main_element(root: Element, title: str) -> Element | None:
    """Return the element that holds the article, or None where nothing looks like one.

    ``root`` loses its scripts, forms, hidden parts and navigation.
    """
    remove(root, _TAGS)
    remove(root, _HIDDEN)
    points: dict[Element, float] = defaultdict(float)
    for node in root.iter("p", "div", "td", "section", "article", "span", "pre", "li", "br"):
        own = _own_text(node)
        marks = len(_MARKS.findall(own))
        if len(own) < _LEAST or marks < _LEAST_MARKS or _TEASER.search(own):
            continue
        score = 1.0 + marks + min(len(own) / 50, 6)
        weight = 1.0
        for place in _around(node):
            points[place] += score * weight
            weight /= 2
    if not points:
        return None
    wanted = pairs(title)
    best = heapq.nlargest(_LOOKED_AT, points, key=points.__getitem__)
    return max(best, key=lambda place: points[place] * _worth(place, wanted))


def is_byline(line: str) -> bool:
    """Say whether a line is a time with a name or place around it, and no sentence."""
    return len(line) <= _BYLINE and bool(TIME.search(line)) and not SENTENCE.search(line)


def pairs(text: str) -> set[str]:
    """Return the pairs of neighbouring characters in ``text``, blanks left out."""
    dense = "".join(text.split())
    return {dense[at : at + 2] for at in range(len(dense) - 1)}


def _own_text(node: Element) -> str:
    """Return the text of ``node`` itself and of the inline elements in it; of a br, its tail."""
    if node.tag == "br":
        return (node.tail or "").strip()
    parts = [node.text or ""]
    for child in node:
        if child.tag in ("a", "b", "strong", "em", "i", "font", "u", "span") and node.tag != "span":
            parts.append(child.text_content() if child.tag != "a" else "")
            parts.append(child.tail or "")
        elif child.tag != "br":
            parts.append(child.tail or "")
    return "".join(parts).strip()


def _around(node: Element) -> list[Element]:
    """Return the three elements around a piece of text, nearest first."""
    start = node if node.tag in ("div", "td", "section", "article") else node.getparent()
    found: list[Element] = []
    while start is not None and start.tag not in ("html",) and len(found) < 3:
        found.append(start)
        start = start.getparent()
    return found


def _worth(place: Element, wanted: set[str]) -> float:
    """Weigh names, links, and how many of the title's pairs of characters the text repeats."""
    names = f"{place.get('class') or ''} {place.get('id') or ''}"
    worth = 1.0
    if _JUNK.search(names):
        worth *= 0.4
    if _GOOD.search(names) or place.tag == "article":
        worth *= 1.3
    if wanted:
        worth *= 0.5 + len(wanted & pairs(place.text_content())) / len(wanted)
    return worth * (1 - link_share(place))


def link_share(node: Element) -> float:
    """Return the share of a node's text that lies in links."""
    whole = len("".join(node.text_content().split())) or 1
    linked = sum(len("".join(link.text_content().split())) for link in node.iter("a"))
    return min(1.0, linked / whole)


def main_text(root: Element, title: str = "") -> str:
    """Return the article's text, one paragraph a line, or ""."""
    place = main_element(root, title)
    if place is None:
        return ""
    for child in list(place.iterdescendants("div", "ul", "ol", "section", "table", "dl", "p")):
        if child.getparent() is None:
            continue
        names = f"{child.get('class') or ''} {child.get('id') or ''}"
        linked = link_share(child)
        junk = bool(_JUNK.search(names)) and not _GOOD.search(names)
        short = len("".join(child.text_content().split())) < 200
        if linked > _LINKS or (junk and (short or linked > 0.2)):
            child.drop_tree()
    return "\n".join(_without_head(text_of(place).split("\n"), title))


def _without_head(lines: list[str], title: str) -> list[str]:
    """Leave out the title and the by-lines that open some articles' own element."""
    dense = "".join(title.split())
    for at, line in enumerate(lines):
        bare = "".join(line.split())
        if not (dense and bare in dense) and not is_byline(line) and not _CREDIT.match(line):
            return lines[at:]
    return []
