"""What happens during one visit, as it happens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from crawler.outcome import Detail, Failure, Happened, Outcome, Value, VisitReport, decide
from crawler.source import fault
from storage.line import MentionLine

#: Failures remembered one by one; beyond this only their number matters.
_REMEMBERED = 100


@dataclass
class Tally:
    """Counts of a running visit.

    Attributes:
        hand_over: takes each mention at once, so that a killed visit loses none.
        state: what the next visit will be given.
        unreadable: why the first mention that does not fit the form does not.
    """

    hand_over: Callable[[MentionLine], None]
    time_limit: float
    state: dict[str, Any] = field(default_factory=dict)
    unreadable: str = ""
    fetched: int = 0
    items: int = 0
    unchanged: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    capped: bool = False
    timed_out: bool = False

    def keep(self, line: MentionLine) -> None:
        """Hand one mention over, or drop it for want of a time or a text."""
        if line.published is None:
            self.dropped["undated"] += 1
        elif not (line.text or line.title):
            self.dropped["no_text"] += 1
        else:
            self.items += 1
            self.hand_over(line)

    def make(self, **fields: Any) -> None:
        """Build a mention and keep it; what does not fit the form is dropped as unreadable."""
        try:
            line = MentionLine.model_validate(fields)
        except ValidationError as error:
            self.dropped["unreadable"] += 1
            self.unreadable = self.unreadable or fault(error)[:200]
        else:
            self.keep(line)

    def lose(self, outcome: Outcome, key: str, *, entry: bool, **values: Value) -> None:
        """Note a page that could not be used."""
        if not entry:
            self.dropped[str(outcome)] += 1
        if entry or len(self.failures) < _REMEMBERED:
            detail = Detail(key=f"crawler.{key}", values=dict(values))
            self.failures.append(Failure(outcome=outcome, detail=detail, entry=entry))

    def report(self) -> VisitReport:
        """Return what the visit came to."""
        happened = Happened(
            fetched=self.fetched,
            items=self.items,
            dropped=dict(self.dropped),
            unreadable=self.unreadable,
            unchanged=self.unchanged,
            failures=tuple(self.failures),
            timed_out=self.timed_out,
        )
        outcome, detail = decide(happened, self.time_limit)
        return VisitReport(
            outcome=outcome,
            detail=detail,
            fetched=self.fetched,
            items=self.items,
            dropped=dict(self.dropped),
            state=self.state,
            capped=self.capped,
        )
