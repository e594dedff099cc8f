"""Law, as far as words show it: R14 superlatives, R15 and R16 persons, R17 crime and guilt.

Pointers for counsel, not advice: the patterns flag wording that usually needs a lawyer's eye.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from releases.content import everything, walk
from releases.findings import Context, Finding
from releases.personal import names, traces

#: 广告法 art. 9 (3) names 国家级, 最高级, 最佳; the others are read the same way in practice.
_SUPERLATIVE = re.compile(
    r"国家级|世界级|最高级(?!别)|最佳|最好|最优|最先进|最安全|最权威|最强|顶级|顶尖|极品|极致|首选|独一无二|绝无仅有"
    r"|第一品牌|(?:销量|行业|全国|全球|全网)第一|史上最|史无前例|全网最|唯一(?=品牌|指定|选择)"
)
_CRIME = re.compile(
    r"构成犯罪|犯罪分子|犯罪行为|涉嫌犯罪|违法犯罪|触犯刑法|刑事犯罪|敲诈勒索|诈骗(?:犯|罪)"
)
_GUILT = re.compile(
    r"(?:承担|负)(?:全部|一切|所有|完全)(?:的)?(?:法律)?(?:责任|后果)|全部责任在|完全是我[司们]的(?:责任|过错)"
)
#: Traces that name a person in public (民法典 art. 1024) against those that are data about one.
_NAMING = frozenset({"mention", "account"})


def superlatives(content: Mapping[str, Any], context: Context) -> Iterator[Finding]:
    """R14: no superlatives of the kind that advertising law forbids; quoted questions may."""
    for where, text in everything(content):
        for word in [] if where.endswith("question") else _SUPERLATIVE.findall(text):
            yield _finding("R14", "must", "rule_r14", where, text, word)


def persons(content: Mapping[str, Any], context: Context) -> Iterator[Finding]:
    """R15 and R16: no account, link, number or name of a private person, not even in a question."""
    for where, text in everything(content):
        for trace in traces(text, _own(context)):
            rule = "R15" if trace.kind in _NAMING else "R16"
            key = f"rule_{rule.lower()}_{trace.kind}"
            level = "should" if trace.kind == "link" else "must"
            yield _finding(rule, level, key, where, text, trace.text)
        level = "must" if where.endswith("question") else "should"
        for name in names(text, _own(context)):
            yield _finding("R15", level, "rule_r15_name", where, text, name)


def crime(content: Mapping[str, Any], context: Context) -> Iterator[Finding]:
    """R17: no crime before a judgment says so, and no admission beyond what counsel cleared."""
    for where, one in walk(content):
        told = "\n".join(
            context.facts[fact].statement for fact in one["facts"] if fact in context.facts
        )
        for word in _CRIME.findall(one["text"]):
            level = "should" if word in told else "must"
            yield _finding("R17", level, "rule_r17", where, one["text"], word)
        for word in _GUILT.findall(one["text"]):
            yield _finding("R17", "should", "rule_r17_guilt", where, one["text"], word)


def _own(context: Context) -> list[str]:
    company = context.terms.company
    contacts = [company.contact_name, company.contact_phone, company.contact_email, company.hotline]
    return [one for one in [*context.names, *contacts] if one]


def _finding(rule: str, level: Any, key: str, where: str, text: str, word: str) -> Finding:
    return Finding(rule, level, f"releases.{key}", {"text": text, "word": word}, where, text)


RULES = (superlatives, persons, crime)
