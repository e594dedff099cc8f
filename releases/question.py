"""The public's questions in words that may stand in a statement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from releases.line import plain
from releases.personal import names, traces, without_traces
from templates.catalogue import say

#: Longest question quoted, in characters; a longer one is named by its words instead.
LONGEST = 60
SHORTEST = 4

_PIECES = re.compile(r"[^。！？!?；;\n…~]+[？?]*")
_TAG = re.compile(r"#([^#\n]{1,40})#")
_EMOTICON = re.compile(r"\[[^\[\]\s]{1,8}\]|[\U0001f000-\U0001faff\u2600-\u27bf]")
_REPOST = re.compile(r"//.*$|^(?:回复|转发微博)[:：]?\s*", re.MULTILINE)
_ASKING = re.compile(
    "[？?]|吗|呢|什么|怎么|怎样|为何|为啥|是否|是不是|会不会|能不能|有没有|要不要|可不可以"
    "|哪|谁|多少|几时|何时|多久|如何|凭什么"
)
#: A statement does not quote abuse; the question behind it is named by its words.
_ABUSE = re.compile(
    "垃圾|骗子|去死|傻[逼屄子叉]|妈的|[他你]妈|滚|黑心|无良|奸商|不要脸|畜生|人渣|狗屁|狗东西|王八|恶心"
)


def public_question(question: str, words: Sequence[object], own: Iterable[str] = ()) -> str:
    """Return a question as it may be published.

    Accounts, links, numbers and emoticons are cut out. Where what remains may still name a person,
    abuses, asserts instead of asking, or is too long or too short, the question is named by the
    concern's words instead: 关于内胆、批次的问题.
    """
    own = tuple(own)
    text = _EMOTICON.sub("", _TAG.sub("", _REPOST.sub("", question)))
    pieces = [plain(piece) for piece in _PIECES.findall(without_traces(text))]
    asked = next((piece for piece in pieces if _ASKING.search(piece)), "")
    asked = asked.strip(" ，,、:：.").replace("?", "？")
    if not SHORTEST <= len(asked) <= LONGEST or _unfit(asked, own):
        return _by_words(words, own)
    return asked if asked.endswith("？") else asked + "？"


def public_words(words: Iterable[object], own: Iterable[str] = ()) -> list[str]:
    """Return the words that may stand in a release: no names, numbers, accounts or abuse."""
    own = tuple(own)
    kept = (plain(str(word)) for word in words)
    return [word for word in kept if 1 < len(word) <= 10 and not _unfit(word, own)]


def _unfit(text: str, own: tuple[str, ...]) -> bool:
    return bool(
        _ABUSE.search(text) or re.search(r"\d{5}", text) or traces(text) or names(text, own)
    )


def _by_words(words: Iterable[object], own: tuple[str, ...]) -> str:
    kept = public_words(words, own)[:3]
    return say("releases.question_about", words=kept) if kept else say("releases.question_other")
