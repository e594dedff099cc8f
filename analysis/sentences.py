"""What one post says in its own words, without forwarded parts, names and links."""

from __future__ import annotations

import re

from analysis.plain import folded

#: What a reader can take in at a glance, and what is long enough to say something.
SHORTEST, LONGEST = 4, 42
#: Characters of a post that are read: what a person reads before judging it.
READ = 400

_FORWARDED = re.compile(r"(?://|\|\|)\s*@.*|回复\s*@[^:：]{1,30}[:：]?", re.S)
_NOTICE = re.compile(r"【?[转轉][发發]微博】?|转发[:：]|^repost$")
_NAME = re.compile(r"@[\w\-·]{1,30}|\(?(?:分享自|来自)\s*@[^\s)]{1,20}\)?")
_LINK = re.compile(r"https?://[!-~]{1,500}|www\.[!-~]{1,200}|t\.cn/\w{1,20}|网页链接|查看图片")
_FACE = re.compile(r"\[[^\[\]\s]{1,8}\]|[\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F\u200D]+")
_TAG = re.compile(r"#([^#\s]{1,30})#")
_NUMBER = re.compile(r"\d{7,30}|(?:微信|QQ|qq|电话|手机)[号码:：]{0,3}\s?[0-9A-Za-z_\-]{5,20}")
_MAIL = re.compile(r"[0-9A-Za-z._\-]{1,40}@[0-9A-Za-z._\-]{1,40}")
_STOP = re.compile(r"(?<=[。！？!?；;…\n])|[~～]{1,}|\s{2,}|\n")
_LEADING = re.compile(
    r"^[\s,，、。.：:；;!！?？…\-—~～)）】」』》\"'“”]+|[\s,，、：:；;\-—(（【「『《\"'“”]+$"
)
_REPEAT = re.compile(r"([!！?？。.…~～]){2,}\1*")


#: Marks that stand in twos; a sentence cut out of a post may keep one and lose the other.
_PAIRS = tuple(zip("【（(「『《〈“‘", "】）)」』》〉”’", strict=True))


def paired(text: str) -> str:
    """Return a text without the marks that lost their partner."""
    for left, right in _PAIRS:
        if text.count(left) != text.count(right):
            text = text.replace(left, "").replace(right, "")
    return text


def own_words(text: str) -> str:
    """Return what the author wrote, without forwarded text, names, links and emoticons.

    Only the first :data:`READ` characters are read.
    """
    kept = text[:READ]
    if "@" in kept:
        kept = _NAME.sub(" ", _MAIL.sub(" ", _FORWARDED.sub(" ", kept)))
    for pattern in (_NOTICE, _LINK, _FACE, _NUMBER):
        kept = pattern.sub(" ", kept)
    return _TAG.sub(r"\1 ", kept).strip()


def sentences(text: str) -> list[str]:
    """Return the sentences of :func:`own_words` text that are short enough to be quoted."""
    found = []
    for part in _STOP.split(text):
        whole = _LEADING.sub("", paired(_REPEAT.sub(r"\1", part or "")).strip())
        whole = " ".join(whole.split())
        if SHORTEST <= len(whole) <= LONGEST:
            found.append(whole)
    return found


_ASKING = re.compile(
    r"[?？]|[吗嘛呢]$|什么|怎么|为什么|为何|是不是|有没有|能不能|谁|哪|多少|如何|到底|究竟"
    r"|真的假的|真假|难道|是否|何时|咋"
)


def asks(sentence: str) -> bool:
    """Say whether a sentence reads as a question."""
    return _ASKING.search(folded(sentence)) is not None
