"""One affair is one incident; two affairs stay two."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from analysis.incidents import Close, Extend, Open, OpenIncident, Reopen, assign
from analysis.reason import Reason
from analysis.spikes import Spike
from analysis.stage import Stage

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MILK = frozenset({"牛奶", "生产日期", "检测", "批次"})
PAY = frozenset({"加班", "工资", "仲裁", "员工"})


def spike(at: datetime = NOW, words: frozenset[str] = frozenset(), mood: str = "doubt") -> Spike:
    why = Reason("signals.spike_doubt")
    return Spike(at, mood, 0.7, 1e-6, 40, 4, 1, 9, 36, why, timedelta(minutes=15), words)


def held(hours: float = 1, stage: Stage | None = None, **more: object) -> OpenIncident:
    at = NOW - hours * HOUR
    return OpenIncident(1, at, at, stage=stage, **more)


def test_spikes_without_history_open_one_incident():
    intents = assign([spike(), spike(NOW + HOUR, mood="anxiety")], [], NOW)
    assert [type(intent) for intent in intents] == [Open]
    assert len(intents[0].spikes) == 2


def test_more_of_a_running_affair_extends_it():
    intents = assign([spike(words=MILK)], [held(words=MILK)], NOW)
    assert intents == [Extend(1, (spike(words=MILK),), intents[0].why)]


def test_two_affairs_of_one_brand_stay_two():
    intents = assign([spike(words=PAY), spike(words=MILK)], [held(words=MILK)], NOW)
    assert {type(intent) for intent in intents} == {Open, Extend}
    opened = next(intent for intent in intents if isinstance(intent, Open))
    assert opened.spikes[0].words == PAY


def test_a_shared_folded_group_joins_whatever_the_words():
    other = held(words=MILK, groups=frozenset({"g1"}))
    pay = Spike(**{**vars(spike(words=PAY)), "groups": frozenset({"g1"})})
    assert isinstance(assign([pay], [other], NOW)[0], Extend)


def test_calm_closes_once():
    calm = held(30, Stage.DECLINE)
    assert [type(i) for i in assign([], [calm], NOW)] == [Close]
    closed = held(30, Stage.DECLINE, closed=NOW - HOUR)
    assert assign([], [closed], NOW) == []


def test_an_affair_that_still_spreads_is_not_closed():
    assert assign([], [held(30, Stage.SPREAD)], NOW) == []
    assert [type(i) for i in assign([], [held(24 * 15, Stage.SPREAD)], NOW)] == [Close]


def test_relapse_reopens_within_a_week_and_not_later():
    soon = held(60, closed=NOW - 24 * HOUR, words=MILK)
    assert isinstance(assign([spike(words=MILK)], [soon], NOW)[0], Reopen)
    late = held(400, closed=NOW - 300 * HOUR, words=MILK)
    assert isinstance(assign([spike(words=MILK)], [late], NOW)[0], Open)


@given(
    st.lists(st.tuples(st.integers(0, 50), st.sampled_from([MILK, PAY, frozenset()])), max_size=12),
    st.booleans(),
)
def test_every_spike_ends_in_exactly_one_intent(drawn, running):
    spikes = [spike(NOW + hours * HOUR, words) for hours, words in drawn]
    intents = assign(spikes, [held(words=MILK)] if running else [], NOW + 51 * HOUR)
    dealt = [s for intent in intents if not isinstance(intent, Close) for s in intent.spikes]
    assert sorted(s.at for s in dealt) == sorted(s.at for s in spikes)
    assert len(dealt) == len(spikes)
