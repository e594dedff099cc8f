"""What one post says in its own words, without forwarded parts, names and links."""

from __future__ import annotations

import re

from analysis.plain import folded

#: What a reader can take in at a glance, and what is long enough to say something.
SHORTEST, LONGEST = 4, 42

_FORWARDED = re.compile(
    r"//\s*@.*|\|\|\s*@.*|【?转发微博】?|轉發微博|转发[:：]|回复\s*@[^:：]{1,30}[:：]?|^repost$",
    re.S,
)
_NAME = re.compile(r"@[\w\-·]{1,30}|@用户|\(?(?:分享自|来自)\s*@?[^\s)]{1,20}\)?")
_LINK = re.compile(r"https?://\S+|www\.\S+|t\.cn/\S+|网页链接|查看图片|\S+的微博视频")
_FACE = re.compile(r"\[[^\[\]\s]{1,8}\]|[\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F\u200D]+")
_TAG = re.compile(r"#([^#\s]{1,30})#")
_NUMBER = re.compile(r"\d{7,}|[\w.]+@[\w.]+|(?:微信|QQ|qq|电话|手机)[号码:：]*\s*\w{5,}")
_STOP = re.compile(r"(?<=[。！？!?；;…\n])|[~～]{1,}|\s{2,}|\n")
_LEADING = re.compile(
    r"^[\s,，、。.：:；;!！?？…\-—~～)）】」』》\"'“”]+|[\s,，、：:；;\-—(（【「『《\"'“”]+$"
)
_REPEAT = re.compile(r"([!！?？。.…~～]){2,}\1*")


def own_words(text: str) -> str:
    """Return what the author wrote, without forwarded text, names, links and emoticons."""
    kept = _FORWARDED.sub(" ", text[:2_000])
    for pattern in (_LINK, _NAME, _FACE, _NUMBER):
        kept = pattern.sub(" ", kept)
    return _TAG.sub(r"\1 ", kept).strip()


def sentences(text: str) -> list[str]:
    """Return the sentences of :func:`own_words` text that are short enough to be quoted."""
    found = []
    for part in _STOP.split(text):
        whole = _LEADING.sub("", _REPEAT.sub(r"\1", part or "").strip())
        whole = " ".join(whole.split())
        if SHORTEST <= len(whole) <= LONGEST:
            found.append(whole)
    return found


_ASKING = re.compile(
    r"[?？]|[吗嘛呢]$|什么|怎么|为什么|为何|是不是|有没有|能不能|谁|哪|多少|如何|到底|究竟|真的假的|真假|难道|是否|何时|咋"
)


def asks(sentence: str) -> bool:
    """Say whether a sentence reads as a question."""
    return _ASKING.search(folded(sentence)) is not None
