"""Who must still agree before a release may go out. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from releases.terms import ONE_OTHER

PR_LEAD, LEGAL, OTHER = "pr_lead", "legal", "other"
#: The two capacities that one account must never fill alone.
PAIR = (PR_LEAD, LEGAL)


@dataclass(frozen=True)
class Signature:
    """One person's valid word on the present text; ``capacity`` is what they signed as."""

    person_id: int
    capacity: str


def of_fact(fact_id: int) -> str:
    """Return the capacity in which a fact's owner signs."""
    return f"fact:{fact_id}"


def missing_approvals(
    writers: Collection[int],
    owners: Mapping[int, int],
    signatures: Collection[Signature],
    policy: str,
) -> list[str]:
    """Return the capacities still to be signed, in the order people read them; [] is agreed.

    ``pr_lead`` and ``legal`` must be two people, neither of whom wrote any of the text; each fact
    is signed by its owner, who may have written. Under ``one_other`` one person who wrote none of
    it is enough.

    Args:
        writers: ids of everyone whose words are in the text.
        owners: owner's person id by fact id, for the facts the text rests on.
        signatures: words given on exactly this text by people who still hold the role.
        policy: one of ``releases.terms.POLICIES``.
    """
    others = [one for one in signatures if one.person_id not in writers]
    if policy == ONE_OTHER:
        return [] if any(one.capacity == OTHER for one in others) else [OTHER]
    missing = _missing_of_pair(
        {one.person_id for one in others if one.capacity == PR_LEAD},
        {one.person_id for one in others if one.capacity == LEGAL},
    )
    signed = {(one.capacity, one.person_id) for one in signatures}
    return missing + [
        of_fact(fact)
        for fact, owner in sorted(owners.items())
        if (of_fact(fact), owner) not in signed
    ]


def _missing_of_pair(leads: set[int], lawyers: set[int]) -> list[str]:
    """Return what is missing of the pair when one person counts for one of the two."""
    if leads and lawyers and len(leads | lawyers) < len(PAIR):
        return [LEGAL]
    return [name for name, signed in ((PR_LEAD, leads), (LEGAL, lawyers)) if not signed]
