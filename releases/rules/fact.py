"""Facts: R1 unbound claims, R2 unusable facts, R3 other numbers, R4 absolutes, R7 promises."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from releases.content import walk
from releases.figures import figures
from releases.findings import Context, FactView, Finding
from releases.line import Sentence

#: Wording that asserts something about the world: 核实, 否定, 确认, 措施, 期限, 维权.
_CLAIM = re.compile(
    r"\d|经查|经核实|核实结果|属实|事实不符|不存在|从未|从来没有|没有任何|并非|均非|系误|已[经]?[\u4e00-\u9fff]{0,6}"
    r"(?:下架|停|召回|排查|报案|受理|固定证据|整改|成立|委托|送检|联系|赔|退|处理|处罚|移送|取证|完成|启动)"
    r"|检测|检验|合格|符合|达标|标准|证实|证明|导致|造成|原因|百分之|[一二两三四五六七八九十百千万]+(?:名|人|件|批|家|次|起|例|天)"
)
#: Reach that evidence must have.
_ABSOLUTE = re.compile(
    r"全部|从未|从来没有|一切正常|百分之百|100%|所有|绝无|绝不存在|绝对|完全不|没有任何|任何(?=.{0,12}(?:不|没|无))"
    r"|均(?=[为未无不合符已属])|都(?=[是未无不没合符已])"
)
_PROMISE = re.compile(
    r"(?:我[司们方]|(?:本|我)?公司|本[司集]团?|集团)[^，。；]{0,10}(?:将|会(?!议))|承诺|保证|尽快|尽早"
    r"|(?<![可即])将(?:于|在|对|会|继续|全力|进一步|陆续|启动|公布|提供|承担|委托|邀请|配合)"
)
_DEADLINE = re.compile(
    r"\d+\s*(?:个)?(?:分钟|小时|工作日|日|天|周|月)(?:之)?内|\d+月\d+日|\d+[时点:：]\d*|今[日天晚]|明[日天晚]|即日|(?:当|次)日"
)
_OWNER = re.compile(r"由[^，。；]{1,20}负责|负责人|牵头|专人|热线|客服|部门?负责")


def unbound(content: Mapping[str, Any], context: Context) -> Iterator[Finding]:
    """R1: what a person wrote rests on a fact, or says nothing that could be false."""
    for where, one in walk(content):
        if one["facts"] or one["origin"] == "template":
            continue
        level, key = (
            ("must", "rule_r1") if _CLAIM.search(one["text"]) else ("should", "rule_r1_soft")
        )
        yield _about(one, where, "R1", key, level=level)


def unusable(content: Mapping[str, Any], context: Context) -> Iterator[Finding]:
    """R2: every fact exists, was verified by another, and neither expired nor was revoked."""
    for where, one in walk(content):
        for fact in one["facts"]:
            view = context.facts.get(fact)
            flaw = "missing" if view is None else view.flaw
            if flaw:
                yield _about(one, where, "R2", f"rule_r2_{flaw}", fact=fact)


def different(content: Mapping[str, Any], context: Context) -> Iterator[Finding]:
    """R3: a number or date in a sentence stands in its facts, or in our own monitoring."""
    for where, one in walk(content):
        views = _views(one, context)
        if not views and not one.get("seen"):
            continue
        known = figures("\n".join([*(view.whole for view in views), *one.get("seen", ())]))
        strange = [figure for figure in figures(one["text"]) if figure not in known]
        if strange:
            figure_texts = [figure.text for figure in strange]
            yield _about(one, where, "R3", "rule_r3", figures=figure_texts, facts=one["facts"])


def absolute(content: Mapping[str, Any], context: Context) -> Iterator[Finding]:
    """R4: «全部», «从未», «均» and the like stand in a fact that has evidence."""
    for where, one in walk(content):
        if one["origin"] == "template" and not one["facts"]:
            continue
        for word in dict.fromkeys(_ABSOLUTE.findall(_flat(one["text"]))):
            holding = [view for view in _views(one, context) if word in _flat(view.statement)]
            if not holding:
                yield _about(one, where, "R4", "rule_r4", word=word)
            elif not any(view.evidence for view in holding):
                yield _about(one, where, "R4", "rule_r4_evidence", level="should", word=word)


def promises(content: Mapping[str, Any], context: Context) -> Iterator[Finding]:
    """R7: a promise names its date, and who keeps it (in words, or the owner of its fact)."""
    until = content["next_update"]
    if until and datetime.fromisoformat(until) <= context.now:
        yield Finding("R7", "must", "releases.rule_r7_past", {"time": until}, "next_update", until)
    for where, one in walk(content):
        if not _PROMISE.search(one["text"]) or where == "headline":
            continue
        if not _DEADLINE.search(one["text"]):
            yield _about(one, where, "R7", "rule_r7_date")
        elif one["origin"] != "template" and not one["facts"] and not _OWNER.search(one["text"]):
            yield _about(one, where, "R7", "rule_r7_owner")


def _flat(text: str) -> str:
    """Return ``text`` in one width and without spaces, so that 100 ％ is 100%."""
    return unicodedata.normalize("NFKC", text).replace(" ", "")


def _views(one: Sentence, context: Context) -> list[FactView]:
    return [context.facts[fact] for fact in one["facts"] if fact in context.facts]


def _about(
    one: Sentence, where: str, rule: str, key: str, level: Any = "must", **values: object
) -> Finding:
    text = one["text"]
    return Finding(rule, level, f"releases.{key}", {"text": text, **values}, where, text)


RULES = (unbound, unusable, different, absolute, promises)
