"""Rolled-up counts per topic, platform and mood, by minute and by hour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import BigInteger, ForeignKey, String, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base
from storage.mention import MOOD_BITS

MINUTE = 60
HOUR = 3_600
CURVES = ("volume", *MOOD_BITS)


class Bucket(Base):
    """Counts of one topic on one platform in one minute or hour; the key is the clustered index."""

    __tablename__ = "bucket"
    __table_args__ = ({"sqlite_with_rowid": False},)

    topic_id: Mapped[int] = mapped_column(
        ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True
    )
    width: Mapped[int] = mapped_column(primary_key=True)
    start: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    platform: Mapped[str] = mapped_column(String(200), primary_key=True)
    volume: Mapped[int] = mapped_column(default=0)
    anxiety: Mapped[int] = mapped_column(default=0)
    doubt: Mapped[int] = mapped_column(default=0)
    hostility: Mapped[int] = mapped_column(default=0)
    support: Mapped[int] = mapped_column(default=0)


@dataclass(frozen=True)
class Tally:
    """One mention's part in the counts: +1 when it is counted, −1 when it is taken back."""

    topic_id: int
    platform: str
    published: datetime
    labels: int
    sign: int = 1


def count(session: Session, tallies: Iterable[Tally]) -> None:
    """Add tallies to the minute and hour counts, in the caller's transaction."""
    sums: dict[tuple[int, int, int, str], Counter[str]] = {}
    for tally in tallies:
        second = int(tally.published.timestamp())
        for width in (MINUTE, HOUR):
            key = (tally.topic_id, width, second - second % width, tally.platform)
            cell = sums.setdefault(key, Counter())
            cell["volume"] += tally.sign
            for mood, bit in MOOD_BITS.items():
                if tally.labels & bit:
                    cell[mood] += tally.sign
    rows = [
        dict(zip(("topic_id", "width", "start", "platform"), key, strict=True))
        | {curve: cell[curve] for curve in CURVES}
        for key, cell in sorted(sums.items())
    ]
    if rows:
        _add(session, rows)


def _add(session: Session, rows: list[dict[str, object]]) -> None:
    sqlite_here = session.get_bind().dialect.name == "sqlite"
    insert = (sqlite.insert if sqlite_here else postgresql.insert)(Bucket)
    changes = {curve: getattr(Bucket, curve) + getattr(insert.excluded, curve) for curve in CURVES}
    statement = insert.on_conflict_do_update(
        index_elements=["topic_id", "width", "start", "platform"], set_=changes
    )
    session.connection().execute(statement, rows)


@dataclass(frozen=True)
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
) -> list[Counts]:
    """Return the non-empty buckets of a topic in [since, until), all platforms summed or one."""
    wanted = (
        select(Bucket.start, *(func.sum(getattr(Bucket, curve)) for curve in CURVES))
        .where(Bucket.topic_id == topic_id, Bucket.width == width)
        .where(Bucket.start >= int(since.timestamp()), Bucket.start < int(until.timestamp()))
        .group_by(Bucket.start)
        .order_by(Bucket.start)
    )
    if platform is not None:
        wanted = wanted.where(Bucket.platform == platform)
    return [
        Counts(row[0], {curve: int(value) for curve, value in zip(CURVES, row[1:], strict=True)})
        for row in session.execute(wanted)
    ]


def first(session: Session, topic_id: int) -> datetime | None:
    """Return the start of the hour of a topic's first mention, None when it has none."""
    wanted = select(func.min(Bucket.start)).where(Bucket.topic_id == topic_id, Bucket.width == HOUR)
    start = session.scalar(wanted)
    return None if start is None else datetime.fromtimestamp(start, UTC)


def by_platform(
    session: Session, topic_id: int, since: datetime, until: datetime, width: int = MINUTE
) -> dict[str, dict[str, int]]:
    """Return each platform's totals of a topic in [since, until)."""
    wanted = (
        select(Bucket.platform, *(func.sum(getattr(Bucket, curve)) for curve in CURVES))
        .where(Bucket.topic_id == topic_id, Bucket.width == width)
        .where(Bucket.start >= int(since.timestamp()), Bucket.start < int(until.timestamp()))
        .group_by(Bucket.platform)
        .order_by(Bucket.platform)
    )
    return {
        row[0]: {curve: int(value) for curve, value in zip(CURVES, row[1:], strict=True)}
        for row in session.execute(wanted)
    }


def floor(moment: datetime, width: int) -> datetime:
    """Return the start of the bucket of ``width`` seconds that holds ``moment``, in UTC."""
    second = int(moment.timestamp())
    return datetime.fromtimestamp(second - second % width, UTC)
