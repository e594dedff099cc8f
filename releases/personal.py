"""What may point at a private person: numbers, accounts, links, names (个人信息保护法 4)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import rjieba

from releases.lexicon import words

#: Surnames common enough to tell a name by (100 most frequent of the 2020 census, less the ones
#: that mostly begin ordinary words).
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何罗郑梁宋唐许邓冯韩曹曾彭萧蔡潘田董袁余叶蒋杜苏魏吕丁沈任"
    "姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦阎薛尹段雷史龙陶贺顾毛郝龚邵万钱严覃武莫孔向"
)
_TITLES = "先生|女士|小姐|太太|医生|大夫|老师|教授|律师|经理|主任|店长|师傅|总监|警官|某某|某"
_TITLED = re.compile(rf"[{SURNAMES}][\u4e00-\u9fff]{{0,2}}(?:{_TITLES})")
_FAMILIAR = re.compile(rf"[小老阿][{SURNAMES}](?![\u4e00-\u9fff]{{0,1}}[车牌店])")

_PATTERNS = {
    "id_number": re.compile(r"(?<![0-9A-Za-z])[1-9]\d{5}(?:19|20)\d{2}[01]\d[0-3]\d\d{3}[0-9Xx]"),
    "bank_card": re.compile(r"(?<![0-9])[3-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{3,7}(?![0-9])"),
    "phone": re.compile(
        r"(?<![0-9.])(?:(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}|0\d{2,3}[ -]?\d{7,8}"
        r"|[48]00[ -]?\d{3}[ -]?\d{4})(?![0-9])"
    ),
    "email": re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}"),
    "account": re.compile(
        r"(?:微信|QQ|qq|VX|vx|wx|WX|V信)(?:号|群)?\s*[:：是为]?\s*[A-Za-z0-9_-]{5,20}"
    ),
    "profile": re.compile(
        r"(?:https?://)?(?<![A-Za-z0-9.-])(?:[A-Za-z0-9-]{1,40}\.){0,3}(?:weibo\.com|weibo\.cn|douyin\.com"
        r"|xiaohongshu\.com|zhihu\.com|tieba\.baidu\.com|bilibili\.com|kuaishou\.com|t\.cn)"
        r"(?![A-Za-z0-9.-])[!-~]{0,500}"
    ),
    "link": re.compile(
        r"(?:https?://|www\.)[!-~]{1,500}"
        r"|(?<![A-Za-z0-9.-])(?:[A-Za-z0-9-]{1,40}\.){1,4}(?:com|cn|net|org)(?![A-Za-z0-9.-])"
    ),
    "mention": re.compile(r"[@＠][\w\-·]{1,30}"),
}


@dataclass(frozen=True)
class Trace:
    """One place in a text that may point at a person; ``kind`` names what it looks like."""

    kind: str
    text: str


def traces(text: str, own: Iterable[str] = ()) -> list[Trace]:
    """Return what in ``text`` may point at a person, less the issuer's ``own`` addresses."""
    own = [one for one in own if one]
    for one in sorted(own, key=len, reverse=True):
        text = text.replace(one, "，")
    ours = {_digits(one) for one in own}
    found: list[Trace] = []
    for kind, pattern in _PATTERNS.items():
        matches = pattern.findall(text)
        found += [
            Trace(kind, one) for one in matches if kind != "phone" or _digits(one) not in ours
        ]
        text = pattern.sub("，", text)
    return found


def _digits(text: str) -> str:
    """Return the digits of a text: a number is the same with and without its dashes."""
    return re.sub(r"\D", "", text)


def unaddressed(text: str) -> str:
    """Return ``text`` without links and mentions, which sentences carry without needing them."""
    for kind in ("email", "profile", "link", "mention"):
        text = _PATTERNS[kind].sub("", text)
    return text


def names(text: str, own: Iterable[str] = ()) -> list[str]:
    """Return what may be a person's name; it rather finds one too many than one too few.

    ``own`` are names that may stand: the company's and the topic's.
    """
    for one in sorted(filter(None, own), key=len, reverse=True):
        text = text.replace(one, "，")
    found = _TITLED.findall(text) + _FAMILIAR.findall(text)
    # Most private persons stand in no dictionary: only the model of unknown words sees them.
    for word, tag in rjieba.tag(text, True):
        if tag in {"nr", "nrt", "nrfg"} and _nameish(word):
            found.append(word)
    return list(dict.fromkeys(found))


def _nameish(word: str) -> bool:
    return 2 <= len(word) <= 3 and word[0] in SURNAMES and word not in words("ordinary")
