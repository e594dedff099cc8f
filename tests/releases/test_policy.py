from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releases.company import Company
from releases.policy import LEGAL, OTHER, PR_LEAD, Signature, missing_approvals
from releases.terms import FULL, ONE_OTHER, Terms

AUTHOR, LEAD, LAWYER, OWNER = 1, 2, 3, 4
BOTH = [Signature(LEAD, PR_LEAD), Signature(LAWYER, LEGAL)]


def missing(*signatures, writers=(AUTHOR,), owners=None, policy=FULL):
    return missing_approvals(writers, owners or {}, signatures, policy)


def test_lead_and_lawyer_agree():
    assert missing() == [PR_LEAD, LEGAL]
    assert missing(*BOTH) == []


def test_one_person_counts_for_one_of_the_two():
    alone = [Signature(LEAD, PR_LEAD), Signature(LEAD, LEGAL)]
    assert missing(*alone) == [LEGAL]
    assert missing(*alone, Signature(LAWYER, LEGAL)) == []


def test_who_wrote_any_of_it_does_not_count():
    assert missing(*BOTH, writers=(AUTHOR, LAWYER)) == [LEGAL]
    assert missing(Signature(AUTHOR, OTHER), policy=ONE_OTHER) == [OTHER]
    assert missing(Signature(LEAD, OTHER), policy=ONE_OTHER) == []


def test_the_owner_of_each_fact_signs_even_as_writer():
    owners = {7: OWNER, 8: AUTHOR}
    assert missing(*BOTH, owners=owners) == ["fact:7", "fact:8"]
    signed = [*BOTH, Signature(OWNER, "fact:7"), Signature(AUTHOR, "fact:8")]
    assert missing(*signed, owners=owners) == []
    assert missing(*BOTH, Signature(LEAD, "fact:7"), owners={7: OWNER}) == ["fact:7"]


PEOPLE = st.integers(1, 5)
SIGNATURES = st.lists(
    st.builds(Signature, PEOPLE, st.sampled_from([PR_LEAD, LEGAL, OTHER, "fact:1", "fact:2"])),
    max_size=8,
)


@given(st.sets(PEOPLE, min_size=1), st.dictionaries(st.integers(1, 2), PEOPLE), SIGNATURES)
def test_agreed_exactly_when_two_who_did_not_write_and_all_owners_signed(
    writers, owners, signatures
):
    others = [one for one in signatures if one.person_id not in writers]
    two = any(
        a.capacity == PR_LEAD and b.capacity == LEGAL and a.person_id != b.person_id
        for a, b in permutations(others, 2)
    )
    all_owners = all(
        Signature(owner, f"fact:{fact}") in signatures for fact, owner in owners.items()
    )
    assert (missing_approvals(writers, owners, signatures, FULL) == []) == (two and all_owners)


@given(st.sets(PEOPLE, min_size=1), SIGNATURES)
def test_no_policy_lets_a_writer_agree_alone(writers, signatures):
    alone = [one for one in signatures if one.person_id in writers]
    for policy in (FULL, ONE_OTHER):
        assert missing_approvals(writers, {}, alone, policy)


def test_a_policy_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="choose one of"):
        Terms(Company(), "nobody")
