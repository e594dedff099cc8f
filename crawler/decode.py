"""Bytes to text, when headers and meta tags cannot be trusted."""

from __future__ import annotations

import codecs
import re

_DECLARED = re.compile(
    rb"""(?:<meta[^>]{0,200}?charset\s*=\s*["']?|<\?xml[^>]{0,100}?encoding\s*=\s*["'])([\w-]{2,20})""",
    re.IGNORECASE,
)
_HEADER = re.compile(r"""charset\s*=\s*["']?([\w-]{2,20})""", re.IGNORECASE)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: GB18030 reads all that is declared as one of these, and what browsers accept under the names.
_CHINESE = {"gb2312", "gbk", "gb_2312-80", "cp936", "gb18030", "x-gbk"}


def decode(body: bytes, content_type: str = "") -> str:
    """Return the text of ``body``; never raises.

    Valid UTF-8 is UTF-8 whatever is declared: Chinese text in another code is practically never
    valid by chance. Then the declared code, then GB18030, and last the reading with the fewest
    broken characters.
    """
    for mark, code in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(code, "replace")
    codes = _candidates(body, content_type)
    for code in codes:
        try:
            return codecs.getincrementaldecoder(code)("strict").decode(body)
        except (UnicodeDecodeError, ValueError):
            continue
    readings = [body.decode(code, "replace") for code in codes]
    return min(readings, key=lambda text: text.count("\ufffd"))


def _candidates(body: bytes, content_type: str) -> list[str]:
    named = [match[1] for match in [_HEADER.search(content_type)] if match]
    named += [match[1].decode("ascii") for match in [_DECLARED.search(body[:4096])] if match]
    codes = ["utf-8", *map(_known, named), "gb18030"]
    return list(dict.fromkeys(code for code in codes if code))


def _known(name: str) -> str:
    code = "gb18030" if name.lower() in _CHINESE else name.lower()
    try:
        return codecs.lookup(code).name if codecs.lookup(code)._is_text_encoding else ""
    except LookupError:
        return ""
