"""The public's questions in words that may stand in a statement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import rjieba

from analysis.sentences import paired
from releases.lexicon import words as words_of
from releases.line import plain
from releases.personal import names, traces, unaddressed
from templates.catalogue import say

#: Longest question quoted, in characters; a longer one is named by its words instead.
LONGEST = 60
SHORTEST = 4

_PIECES = re.compile(r"[^。！？!?；;\n…~]+[？?]*")
_TAG = re.compile(r"#([^#\n]{1,40})#")
_EMOTICON = re.compile(r"\[[^\[\]\s]{1,8}\]|[\U0001f000-\U0001faff\u2600-\u27bf]")
_REPOST = re.compile(r"//.*$|^(?:回复|转发微博)[:：]?\s*", re.MULTILINE)
#: What Weibo writes in place of a link; that of a video begins with its owner's name.
_ATTACHED = re.compile(
    r"[^\s，。！？!?；;：:、]{1,30}的微博(?:视频|直播|文章|投票)|O?网页链接|查看图片|展开全文"
)
_LEAD_IN = re.compile(r"^(?:如题|请问|想问一?下?|求助|话说)[，,：: ]*")
_ASKING = re.compile(
    "[？?]$|[吗呢]$|(?<!不管)(?<!无论)(?<!不知道)(?:是不是|是否|有没有|能不能|会不会|要不要|可不可以"
    "|怎么办|怎么处理|怎么回事|为什么|为啥|为何|什么时候|是什么|有什么|哪[里个些家]|多久|凭什么|如何)"
)
#: What a further question must ask to be quoted with the first: rhetoric asks none of these.
_WHAT = re.compile(
    "什么成分|什么时候|哪[里个些家批]|能不能|可不可以|怎么[办退换赔查]|是否|多久|多少"
)
#: Somebody's own story is theirs: health and family of a private person stay out (个保法 28, 31).
_STORY = re.compile(
    "我(?=[家孙儿女婆公爸妈老嫂姐哥弟妹侄外])|我们家|俺|老伴|自家|我的|本人|邻居|闺女|儿媳"
    "|住院|发烧|确诊|怀孕|过敏了|吐了"
)
#: A statement does not quote abuse; the question behind it is named by its words.
_ABUSE = re.compile(
    "垃圾|骗子|去死|傻[逼屄子叉]|妈的|[他你]妈|你妹|我靠|卧槽|牛逼|泥马|烂透|二货|滚|黑心|无良|奸商|不要脸|畜生|人渣|狗屁|狗东西|王八|恶心"
    "|放屁|装死|猫腻|呸|谋财害命|销毁证据|坑人|害人|糊弄|忽悠|眼瞎|瞎了|有病[吧啊吗？]|脑残|弱智|智商[有堪下税]|脑子[有被进]"
    "|尼玛|[要逼]脸|砖家|千刀万剐|报应|蠢货|蠢猪|白痴|贱人|吃屎|死绝|洗地|割韭菜|花钱买|水军|骗[钱人子]|缺德|丧良心"
)

#: Parts of speech that tell nothing alone: pronouns, counts, places, particles.
_EMPTY = frozenset({"r", "m", "q", "f", "u", "y", "e", "o", "p", "c"})


def public_question(question: str, words: Sequence[object], own: Iterable[str] = ()) -> str:
    """Return a question as it may be published.

    Links, mentions and emoticons are cut out. Where what remains may still point at a person,
    tells somebody's own story, abuses, asserts instead of asking, or is too long or too short, the
    question is named by the concern's words instead: 关于内胆、批次的问题.
    """
    own = tuple(own)
    text = _EMOTICON.sub("", _ATTACHED.sub("", _TAG.sub("", _REPOST.sub("", question))))
    pieces = [_piece(piece) for piece in _PIECES.findall(unaddressed(text))]
    asked = [piece for piece in pieces if piece.endswith("？") and not _STORY.search(piece)]
    quoted = ""
    for piece in (piece for piece in asked if not _unfit(piece, own)):
        if not quoted or (_WHAT.search(piece) and len(quoted + piece) <= LONGEST):
            quoted += piece
    return quoted if SHORTEST <= len(quoted) <= LONGEST else _by_words(words, own)


def _piece(text: str) -> str:
    """Return one piece of a post as a question is printed."""
    asked = _LEAD_IN.sub("", paired(plain(text)).strip(" ，,、:：.")).replace("?", "？")
    return f"{asked.rstrip('？ ')}？" if _ASKING.search(asked) else asked


def public_words(words: Iterable[object], own: Iterable[str] = ()) -> list[str]:
    """Return the words that may stand in a release: no names, numbers, abuse or filler."""
    own = tuple(own)
    kept = (plain(str(word)) for word in words)
    return [w for w in kept if 1 < len(w) <= 10 and _tells(w) and not _unfit(w, own)]


def _tells(word: str) -> bool:
    """Whether a word says what the talk is about, even alone: not 赶紧, 我家 or 那层."""
    empty = any(tag in _EMPTY for _, tag in rjieba.tag(word, False))
    return not empty and word not in words_of("filler")


def _unfit(text: str, own: tuple[str, ...]) -> bool:
    return bool(
        _ABUSE.search(text) or re.search(r"\d{5}", text) or traces(text) or names(text, own)
    )


def _by_words(words: Iterable[object], own: tuple[str, ...]) -> str:
    kept = public_words(words, own)[:3]
    return say("releases.question_about", words=kept) if kept else say("releases.question_other")
