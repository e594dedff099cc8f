"""XML that any parser reads, whatever characters a text holds."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

#: What XML 1.0 cannot hold, not even escaped (production 2, Char).
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal(text: str) -> str:
    """Return ``text`` without the characters that XML 1.0 forbids."""
    return _ILLEGAL.sub("", text)


def child(
    parent: etree._Element,
    tag: str,
    text: str | None = None,
    attributes: Mapping[str, str] | None = None,
) -> etree._Element:
    """Append an element; ``tag`` is in Clark notation where it has a namespace."""
    element = etree.SubElement(parent, tag)
    for name, value in (attributes or {}).items():
        element.set(name, legal(value))
    if text is not None:
        element.text = legal(text)
    return element


def document(root: etree._Element) -> bytes:
    """Return the document with its declaration, UTF-8."""
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return written
