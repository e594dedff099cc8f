"""What a visit came to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch import EXIT_CODES, sentence
from crawler.outcome import (
    Detail,
    Failure,
    Happened,
    Outcome,
    VisitReport,
    after_intake,
    broken_promise,
    decide,
)
from crawler.tally import Tally
from templates.catalogue import entries, say


def lost(outcome: Outcome, *, entry: bool = False) -> Failure:
    return Failure(outcome=outcome, detail=Detail(key=f"crawler.{outcome}"), entry=entry)


@pytest.mark.parametrize(
    ("happened", "expected"),
    [
        (Happened(fetched=3, items=9), Outcome.OK),
        (Happened(fetched=1), Outcome.EMPTY),
        (Happened(fetched=1, unchanged=20), Outcome.DUPLICATES_ONLY),
        (Happened(fetched=1, dropped={"locked": 2}), Outcome.FILTERED),
        (Happened(fetched=1, dropped={"undated": 2, "locked": 9}), Outcome.MARKUP_CHANGED),
        (Happened(fetched=1, dropped={"unreadable": 1}), Outcome.MARKUP_CHANGED),
        (Happened(items=5, timed_out=True), Outcome.TIMEOUT),
        (Happened(items=5, failures=(lost(Outcome.LOGIN_NEEDED),)), Outcome.OK),
        (Happened(items=5, failures=(lost(Outcome.BLOCKED, entry=True),)), Outcome.BLOCKED),
        (
            Happened(
                failures=(
                    lost(Outcome.TIMEOUT),
                    lost(Outcome.LOGIN_NEEDED),
                    lost(Outcome.LOGIN_NEEDED),
                )
            ),
            Outcome.LOGIN_NEEDED,
        ),
    ],
)
def test_outcomes(happened: Happened, expected: Outcome) -> None:
    assert decide(happened, 60)[0] is expected


def test_the_store_has_the_last_word() -> None:
    report = VisitReport(outcome=Outcome.OK, items=3)
    assert after_intake(report, kept=1, duplicates=2).outcome is Outcome.OK
    assert after_intake(report, kept=0, duplicates=3).outcome is Outcome.DUPLICATES_ONLY
    assert after_intake(report, kept=0, duplicates=0).outcome is Outcome.FILTERED
    blocked = VisitReport(outcome=Outcome.BLOCKED, items=3)
    assert after_intake(blocked, kept=0, duplicates=3).outcome is Outcome.BLOCKED


def test_a_promise_is_broken_only_by_a_visit_that_could_look() -> None:
    report = VisitReport(outcome=Outcome.OK, items=3)
    assert broken_promise(report, 3) is None
    found = broken_promise(report, 5)
    assert found is not None
    assert found.values == {"found": 3, "promised": 5}
    assert broken_promise(VisitReport(outcome=Outcome.NETWORK_ERROR), 5) is None


@given(st.sampled_from(list(Outcome)), st.booleans(), st.integers(0, 10**6))
def test_every_outcome_has_an_exit_code_and_words(
    outcome: Outcome, capped: bool, items: int
) -> None:
    detail = sentence(VisitReport(outcome=outcome, capped=capped, items=items))
    assert EXIT_CODES[outcome] in (0, 3, 4, 5, 6)
    assert say(detail.key, "zh", **detail.values)
    assert say(detail.key, "en", **detail.values)


def test_what_does_not_fit_is_counted_and_costs_nothing_else() -> None:
    kept: list[str] = []
    tally = Tally(hand_over=lambda line: kept.append(line.id), time_limit=60)
    when = "2026-05-20T12:00:00+08:00"
    tally.make(platform="news", id="1", text="有", published=when)
    tally.make(platform="news", id="2", text="", published=when)
    tally.make(platform="news", id="3", text="有")
    tally.make(platform="news", id="", text="有", published=when)
    assert kept == ["1"]
    assert tally.report().dropped == {"no_text": 1, "undated": 1, "unreadable": 1}
    assert tally.report().outcome is Outcome.OK


def test_rows_that_fit_no_mention_say_which_field_does_not() -> None:
    tally = Tally(hand_over=lambda line: None, time_limit=60)
    tally.make(platform="news", id="1", kind="answer", text="有")
    detail = tally.report().detail
    assert detail is not None
    assert "kind: " in say(detail.key, "zh", **detail.values)
    assert "'comment'" in say(detail.key, "en", **detail.values)


def test_texts_name_the_same_values_in_both_languages() -> None:
    import string

    for key, words in entries().items():
        if key.startswith("crawler."):
            fields = [
                sorted({name for _, name, _, _ in string.Formatter().parse(text) if name})
                for text in words.values()
            ]
            assert fields[0] == fields[1], key
