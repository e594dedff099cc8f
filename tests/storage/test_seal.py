"""Pseudonyms keep people apart and unnamed; sealed names open with the one secret only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.seal import Seal, SealBrokenError

SEAL = Seal("0123456789abcdef" * 2)
OTHER = Seal("fedcba9876543210" * 2)
words = st.text(st.characters(codec="utf-8"), max_size=50)


@given(words, words)
def test_a_pseudonym_is_steady_keyed_and_tells_nothing(platform: str, author: str) -> None:
    found = SEAL.pseudonym(platform, author)
    assert found == SEAL.pseudonym(platform, author)
    assert len(found) == 32
    assert set(found) <= set("0123456789abcdef")
    assert found != OTHER.pseudonym(platform, author)


def test_one_name_on_two_platforms_is_two_people() -> None:
    assert SEAL.pseudonym("weibo", "小王") != SEAL.pseudonym("discuz", "小王")
    assert SEAL.pseudonym("wei", "bo小王") != SEAL.pseudonym("weibo", "小王")


@given(words)
def test_a_sealed_name_opens_with_its_secret_only(name: str) -> None:
    sealed = SEAL.close(name)
    assert SEAL.open(sealed) == name
    with pytest.raises(SealBrokenError):
        OTHER.open(sealed)


def test_the_same_name_is_never_sealed_alike() -> None:
    assert SEAL.close("小王") != SEAL.close("小王")


def test_an_altered_seal_does_not_open() -> None:
    sealed = SEAL.close("小王")
    with pytest.raises(SealBrokenError):
        SEAL.open(sealed[:-5] + "AAAA=")
    with pytest.raises(SealBrokenError):
        SEAL.open("")
