"""What one cheap look at the counts tells: how much there is, and whether anything has changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from storage.bucket import CURVES, HOUR, Total, floor


def total(session: Session, topic_id: int, since: datetime, until: datetime) -> int:
    """Return a topic's mentions in the hours that touch [since, until)."""
    wanted = select(func.sum(Total.volume)).where(_hours(topic_id, floor(since, HOUR), until))
    return int(session.scalar(wanted) or 0)


def sums(session: Session, topic_id: int, since: datetime, until: datetime) -> tuple[int, ...]:
    """Return what changes when any hour of a topic in [since, until) does: sums, also by place."""
    place = (Total.start - int(since.timestamp())) // HOUR
    columns = [getattr(Total, curve) for curve in CURVES]
    asked = [func.sum(part) for column in columns for part in (column, column * place)]
    wanted = select(*asked).where(_hours(topic_id, since, until))
    return tuple(int(value or 0) for value in session.execute(wanted).one())


def _hours(topic_id: int, since: datetime, until: datetime) -> ColumnElement[bool]:
    return and_(
        Total.topic_id == topic_id,
        Total.width == HOUR,
        Total.start >= int(since.timestamp()),
        Total.start < int(until.timestamp()),
    )
