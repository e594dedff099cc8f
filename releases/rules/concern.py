"""The public: R8 unanswered questions, R9 to R13 the tones that make things worse."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from releases.content import STATUSES, joined, walk
from releases.findings import Context, Finding
from releases.repeat import repeats

_UNKNOWN = re.compile(
    r"尚未|尚不|还没|还不|正在核实|正在调查|目前(?:没有|无法|不)|未能|不掌握|不便"
)
_APOLOGY = re.compile(r"道歉|致歉|歉意|抱歉|对不起")
_PRAISE = re.compile(
    r"一直以来|始终坚持|始终秉承|一贯|行业领先|领先地位|精益求精|匠心|深受[^，。；]{0,12}(?:信赖|喜爱|好评)"
    r"|高度负责|极其负责|良心企业|民族品牌|国货之光|引以为[豪傲]"
)
_CONDITIONAL = re.compile(
    r"(?:如果|如有|若有?|倘若|假如|万一)[^。；]{0,20}(?:不便|困扰|误解|误会|伤害|不适|影响|冒犯)"
)
_BLAME = re.compile(
    r"个别(?:员工|人员|门店|消费者|用户|网友|批次)|临时工|实习生|外包人员|(?:用户|消费者|操作|使用|保管)[^，。；]{0,4}不当"
)
_PHRASE = re.compile(r"高度重视|深表歉意|零容忍|绝不姑息|第一时间|深刻反思|严肃处理|高度关注")
_RUMOUR = re.compile(r"网传|谣言|传言|爆料|曝光|黑幕|丑闻")


def unanswered(content: Mapping[str, Any], context: Context) -> Iterator[Finding]:
    """R8: each leading question is answered, partly answered, declined, or marked unknown.

    A question that came up after the draft stands in the way of review, but not of publishing
    what was agreed: in a crisis there is always one more, and the next statement answers it.
    """
    given = {answer["concern_id"]: answer for answer in content["answers"]}
    considered = set(content.get("concerns", ()))
    for concern, question in context.concerns:
        if concern not in given:
            level: Any = "should" if context.publishing and concern not in considered else "must"
            values = {"question": question}
            yield Finding("R8", level, "releases.rule_r8", values, "answers", str(concern))
    for index, answer in enumerate(content["answers"]):
        if not _treated(answer):
            values = {"question": answer["question"]}
            text = f"{answer['question']}\n{answer['status']}"
            yield Finding("R8", "must", "releases.rule_r8_empty", values, f"answers/{index}", text)


def _treated(answer: Mapping[str, Any]) -> bool:
    """Whether an answer does what its status says."""
    said = answer["sentences"]
    if answer["status"] not in STATUSES or not said:
        return False
    if answer["status"] == "unknown":
        return any(_UNKNOWN.search(one["text"]) for one in said)
    return answer["status"] == "declined" or any(one["facts"] for one in said)


def praise(content: Mapping[str, Any], context: Context) -> Iterator[Finding]:
    """R9: no self-praise, least of all in an apology."""
    level = "must" if _APOLOGY.search(joined(content)) else "should"
    yield from _each(content, _PRAISE, "R9", "rule_r9", level)


def conditional(content: Mapping[str, Any], context: Context) -> Iterator[Finding]:
    """R10: no «如果给您造成不便»: who apologises on a condition does not."""
    yield from _each(content, _CONDITIONAL, "R10", "rule_r10", "must")


def blame(content: Mapping[str, Any], context: Context) -> Iterator[Finding]:
    """R11: no blame on single workers, interns or the user, unless a fact says so."""
    for where, one in walk(content):
        for word in _BLAME.findall(one["text"]):
            level: Any = "should" if one["facts"] else "must"
            values = {"text": one["text"], "word": word}
            yield Finding("R11", level, "releases.rule_r11", values, where, one["text"])


def phrases(content: Mapping[str, Any], context: Context) -> Iterator[Finding]:
    """R12: «高度重视» and its kin need something that was done in the same sentence."""
    for where, one in walk(content):
        for word in [] if one["facts"] else _PHRASE.findall(one["text"]):
            values = {"text": one["text"], "word": word}
            yield Finding("R12", "should", "releases.rule_r12", values, where, one["text"])


def headline(content: Mapping[str, Any], context: Context) -> Iterator[Finding]:
    """R13: the headline does not carry the rumour: repeating it fixes it (传媒论坛 2024/1)."""
    text = content["headline"]["text"]
    asked = [answer["question"] for answer in content["answers"]]
    if repeats(text, [*asked, *(question for _, question in context.concerns)]):
        yield Finding("R13", "must", "releases.rule_r13", {"text": text}, "headline", text)
    for word in _RUMOUR.findall(text):
        values = {"text": text, "word": word}
        yield Finding("R13", "should", "releases.rule_r13_word", values, "headline", text)


def _each(
    content: Mapping[str, Any], pattern: re.Pattern[str], rule: str, key: str, level: Any
) -> Iterator[Finding]:
    for where, one in walk(content):
        for word in pattern.findall(one["text"]):
            values = {"text": one["text"], "word": word}
            yield Finding(rule, level, f"releases.{key}", values, where, one["text"])


RULES = (unanswered, praise, conditional, blame, phrases, headline)
