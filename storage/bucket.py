"""Rolled-up counts per topic, platform and mood, by minute and by hour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Select, String, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from storage.base import Base
from storage.many import upsert
from storage.mention import MOOD_BITS
from storage.topic import Topic

MINUTE = 60
HOUR = 3_600
CURVES = ("volume", *MOOD_BITS)
_BITS = tuple(MOOD_BITS.values())


class Bucket(Base):
    """Counts of one topic on one platform in one minute or hour; the key is the clustered index.

    Copies (``copy``) are counted apart from the first of each story and what stands alone, so that
    curves can be read folded.
    """

    __tablename__ = "bucket"
    __table_args__ = ({"sqlite_with_rowid": False},)

    topic_id: Mapped[int] = mapped_column(
        ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True
    )
    width: Mapped[int] = mapped_column(primary_key=True)
    start: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    platform: Mapped[str] = mapped_column(String(200), primary_key=True)
    copy: Mapped[bool] = mapped_column(primary_key=True, default=False)
    volume: Mapped[int] = mapped_column(default=0)
    anxiety: Mapped[int] = mapped_column(default=0)
    doubt: Mapped[int] = mapped_column(default=0)
    hostility: Mapped[int] = mapped_column(default=0)
    support: Mapped[int] = mapped_column(default=0)


class Total(Base):
    """Counts of one topic on all platforms in one minute or hour: what curves are drawn from.

    One row a bucket, whatever the number of platforms; ``copied_…`` is what copies bring to each
    curve.
    """

    __tablename__ = "bucket_total"
    __table_args__ = ({"sqlite_with_rowid": False},)

    topic_id: Mapped[int] = mapped_column(
        ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True
    )
    width: Mapped[int] = mapped_column(primary_key=True)
    start: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    volume: Mapped[int] = mapped_column(default=0)
    anxiety: Mapped[int] = mapped_column(default=0)
    doubt: Mapped[int] = mapped_column(default=0)
    hostility: Mapped[int] = mapped_column(default=0)
    support: Mapped[int] = mapped_column(default=0)
    copied_volume: Mapped[int] = mapped_column(default=0)
    copied_anxiety: Mapped[int] = mapped_column(default=0)
    copied_doubt: Mapped[int] = mapped_column(default=0)
    copied_hostility: Mapped[int] = mapped_column(default=0)
    copied_support: Mapped[int] = mapped_column(default=0)


class Tally(NamedTuple):
    """One mention's part in the counts: +1 when it is counted, −1 when it is taken back."""

    topic_id: int
    platform: str
    published: datetime
    labels: int
    sign: int = 1
    copy: bool = False


#: What a bucket's counts are kept by: topic, width, start, platform, whether copies.
Key = tuple[int, int, int, str, bool]
_KEY = ("topic_id", "width", "start", "platform", "copy")
_COPIED = tuple(f"copied_{curve}" for curve in CURVES)


def count(session: Session, tallies: Iterable[Tally]) -> None:
    """Add tallies to the minute and hour counts, in the caller's transaction."""
    cells = _by_minute(tallies)
    for (topic_id, _, start, platform, copy), cell in list(cells.items()):
        _sum(cells, (topic_id, HOUR, start - start % HOUR, platform, copy), cell)
    totals: dict[tuple[int, int, int], list[int]] = {}
    for key, cell in cells.items():
        _sum(totals, key[:3], [*cell, *(cell if key[4] else [0] * len(CURVES))])
    _add(session, Bucket, _KEY, CURVES, cells)
    _add(session, Total, _KEY[:3], (*CURVES, *_COPIED), totals)


def _by_minute(tallies: Iterable[Tally]) -> dict[Key, list[int]]:
    cells: dict[Key, list[int]] = {}
    for topic_id, platform, published, labels, sign, copy in tallies:
        second = int(published.timestamp())
        key = (topic_id, MINUTE, second - second % MINUTE, platform, copy)
        cell = cells.get(key)
        if cell is None:
            cell = cells[key] = [0] * len(CURVES)
        cell[0] += sign
        for place, bit in enumerate(_BITS if labels else (), 1):
            if labels & bit:
                cell[place] += sign
    return cells


def _sum(cells: dict[Any, list[int]], key: Any, values: list[int]) -> None:
    held = cells.get(key)
    cells[key] = values if held is None else [a + b for a, b in zip(held, values, strict=True)]


def _add(
    session: Session,
    table: type[Bucket | Total],
    key: tuple[str, ...],
    curves: tuple[str, ...],
    cells: Mapping[Any, list[int]],
) -> None:
    # In one order, so that the pages of the clustered index are met one after the other.
    rows = [(*place, *cell) for place, cell in sorted(cells.items()) if any(cell)]
    upsert(session, table, key, curves, rows, add=True)


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of one bucket: ``start`` in epoch seconds, values by curve name."""

    start: int
    values: Mapping[str, int]


def read(
    session: Session,
    topic_id: int,
    since: datetime,
    until: datetime,
    width: int = MINUTE,
    platform: str | None = None,
    folded: bool = False,
) -> list[Counts]:
    """Return the non-empty buckets of a topic in [since, until), all platforms summed or one.

    ``folded`` leaves the copies out: each story counts once.
    """
    if platform is None:
        inside = Total.topic_id == topic_id, _inside(Total, since, until, width)
        whole = select(Total.start, *_curves(folded)).where(*inside).order_by(Total.start)
        return [Counts(row[0], _values(row)) for row in session.execute(whole)]
    here = Bucket.topic_id == topic_id, Bucket.platform == platform
    parts = _summed(Bucket.start, folded).where(*here, _inside(Bucket, since, until, width))
    rows = session.execute(parts.order_by(Bucket.start))
    return [Counts(row[0], _values(row)) for row in rows]


def by_platform(
    session: Session,
    topic_id: int,
    since: datetime,
    until: datetime,
    width: int = MINUTE,
    folded: bool = False,
) -> dict[str, dict[str, int]]:
    """Return each platform's totals of a topic in [since, until)."""
    here = Bucket.topic_id == topic_id, _inside(Bucket, since, until, width)
    # What was counted and taken out again leaves an empty cell, which is no platform.
    wanted = _summed(Bucket.platform, folded).where(*here).having(func.sum(Bucket.volume) != 0)
    wanted = wanted.order_by(Bucket.platform)
    return {row[0]: _values(row) for row in session.execute(wanted)}


def by_topic(
    session: Session, since: datetime, until: datetime, width: int = HOUR, folded: bool = False
) -> dict[int, list[Counts]]:
    """Return the non-empty buckets of every topic in [since, until), all platforms summed."""
    # Through the topics, so that each is one range of the clustered index.
    wanted = (
        select(Topic.id, Total.start, *_curves(folded))
        .join(Total, and_(Total.topic_id == Topic.id, _inside(Total, since, until, width)))
        .order_by(Topic.id, Total.start)
    )
    found: dict[int, list[Counts]] = {}
    for topic_id, *row in session.execute(wanted):
        found.setdefault(topic_id, []).append(Counts(row[0], _values(row)))
    return found


def _inside(
    table: type[Bucket | Total], since: datetime, until: datetime, width: int
) -> ColumnElement[bool]:
    first, after = int(since.timestamp()), int(until.timestamp())
    return and_(table.width == width, table.start >= first, table.start < after)


def _curves(folded: bool) -> list[ColumnElement[int]]:
    whole = [getattr(Total, curve) for curve in CURVES]
    copied = [getattr(Total, curve) for curve in _COPIED]
    return [a - b for a, b in zip(whole, copied, strict=True)] if folded else whole


def _summed(by: InstrumentedAttribute[Any], folded: bool) -> Select[Any]:
    wanted = select(by, *(func.sum(getattr(Bucket, curve)) for curve in CURVES)).group_by(by)
    return wanted.where(Bucket.copy.is_(False)) if folded else wanted


def _values(row: Sequence[Any]) -> dict[str, int]:
    return {curve: int(value) for curve, value in zip(CURVES, row[1:], strict=True)}


def begun(session: Session, topic: Topic) -> datetime:
    """Return where a topic's records begin: with its first mention, or when it was put under watch.

    From then on silence is known to be silence.
    """
    held = Total.topic_id == topic.id, Total.width == HOUR, Total.volume > 0
    start = session.scalar(select(Total.start).where(*held).order_by(Total.start).limit(1))
    first = topic.created if start is None else datetime.fromtimestamp(start, UTC)
    return min(topic.created, first)


def floor(moment: datetime, width: int) -> datetime:
    """Return the start of the bucket of ``width`` seconds that holds ``moment``, in UTC."""
    second = int(moment.timestamp())
    return datetime.fromtimestamp(second - second % width, UTC)
