"""The reviewer's rejection list as code: R1 to R28 of the house, as far as a machine can tell.

Each family is a file with ``RULES``, functions from content and context to findings. A rule that
only a person can judge (R5 cause before an authority's finding, R18 price-sensitive matter) is
not here: the approvers are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from releases.findings import Context, Finding
from releases.rules import concern, fact, form, law

FAMILIES = (fact, concern, law, form)


def check(content: Mapping[str, Any], context: Context) -> list[Finding]:
    """Return every objection, musts first, then in the order of the rules."""
    found = {
        finding.id: finding
        for family in FAMILIES
        for rule in family.RULES
        for finding in rule(content, context)
    }
    return sorted(found.values(), key=lambda one: (one.level != "must", int(one.rule[1:])))
