"""Parsed HTML, and the text people would read in it."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree
from lxml import html as lxml_html

#: An lxml element; lxml ships no types.
Element = Any

_BLOCKS = {
    "address", "article", "blockquote", "dd", "div", "dl", "dt", "fieldset", "figcaption",
    "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "section",
    "table", "tr", "ul",
}  # fmt: skip
_SILENT = {"script", "style", "noscript", "template", "head", "textarea", "select", "button"}
_SPACE = re.compile(r"[ \t\r\f\v\xa0\u3000]+")
_ZERO_WIDTH = re.compile("[\u200b\u200c\u200d\u2060\ufeff\ue627]")


def parse(text: str) -> Element | None:
    """Return the root element of ``text``, or None when there is nothing to parse."""
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True)
    body = text.replace("\x00", "").encode("utf-8", "ignore")
    try:
        return lxml_html.document_fromstring(body, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def first(node: Element, path: str) -> Element | None:
    """Return the first element or string that the XPath finds."""
    found = node.xpath(path)
    return found[0] if found else None


def line_of(node: Element | None) -> str:
    """Return all text of an element on one line; of a string, itself."""
    if node is None:
        return ""
    return " ".join(str(node if isinstance(node, str) else node.text_content()).split())


def text_of(node: Element) -> str:
    """Return the visible text of ``node``: one paragraph a line, emoticons by their names."""
    parts: list[str] = []
    _walk(node, parts)
    lines = (_SPACE.sub(" ", line).strip() for line in "".join(parts).split("\n"))
    return _ZERO_WIDTH.sub("", "\n".join(line for line in lines if line))


def _walk(node: Element, parts: list[str]) -> None:
    """Collect text; a loop over events, since hostile pages nest deeper than Python recurses."""
    silent = 0
    for event, element in etree.iterwalk(node, events=("start", "end", "comment", "pi")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            silent += tag in _SILENT
            if not silent:
                _open(element, tag, parts)
            continue
        if event == "end":
            silent -= tag in _SILENT
            if not silent and tag in _BLOCKS:
                parts.append("\n")
        if not silent and element is not node and element.tail:
            parts.append(element.tail.replace("\n", " "))


def _open(element: Element, tag: str, parts: list[str]) -> None:
    if tag in _BLOCKS or tag == "br":
        parts.append("\n")
    if tag == "img":
        parts.append(_emoticon(element))
    if element.text and tag:
        pre = tag == "pre"
        parts.append(element.text if pre else element.text.replace("\n", " "))


def _emoticon(element: Element) -> str:
    name = (element.get("alt") or "").strip()
    return name if len(name) <= 20 and re.fullmatch(r"\[[^\[\]]+\]", name) else ""


def remove(node: Element, path: str) -> list[Element]:
    """Take what the XPath finds out of ``node``, keeping the text that follows each; return it."""
    found: list[Element] = [each for each in node.xpath(path) if each.getparent() is not None]
    for each in found:
        each.drop_tree()
    return found
