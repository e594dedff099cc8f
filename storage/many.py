"""Many rows at once, on both databases: asked for, written and replaced without an object a row."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, TypeAlias

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Dialect,
    Index,
    Insert,
    Row,
    Update,
    any_,
    cast,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage.base import Base, is_sqlite

#: A row of any columns.
AnyRow: TypeAlias = Row[*tuple[Any, ...]]
Values = Sequence[tuple[Any, ...]]


def write(
    session: Session, statement: Insert | Update, names: tuple[str, ...], rows: Values
) -> None:
    """Carry out a statement once a row; ``names`` are those of the parameters in a row.

    Values go to the driver as they are, and a statement that is a constant is put into SQL once:
    both save most of the time. Moments through :func:`as_stored`.
    """
    if not rows:
        return
    connection = session.connection()
    sql, order = _sql(statement, connection.dialect, names)
    if order is None:
        connection.exec_driver_sql(sql, [dict(zip(names, row, strict=True)) for row in rows])
    elif order == names:
        connection.exec_driver_sql(sql, list(rows))
    else:
        ordered = itemgetter(*map(names.index, order))
        connection.exec_driver_sql(sql, list(map(ordered, rows)))


@lru_cache(maxsize=64)
def _sql(
    statement: Insert | Update, dialect: Dialect, names: tuple[str, ...]
) -> tuple[str, tuple[str, ...] | None]:
    """Return the SQL and, where parameters have no names, their order."""
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    return str(compiled), None if compiled.positiontup is None else tuple(compiled.positiontup)


def upsert(
    session: Session,
    model: type[Base],
    key: tuple[str, ...],
    values: tuple[str, ...],
    rows: Values,
    add: bool = False,
) -> None:
    """Insert rows of key and values; where the key is there, the values replace or add to it."""
    statement = _upsert(is_sqlite(session), model, key, values, add)
    write(session, statement, (*key, *values), rows)


@lru_cache(maxsize=64)
def _upsert(
    here: bool, model: type[Base], key: tuple[str, ...], values: tuple[str, ...], add: bool
) -> Insert:
    insert = (sqlite if here else postgresql).insert(model)
    new = {name: insert.excluded[name] for name in values}
    held = {name: getattr(model, name) for name in values}
    changes = {name: held[name] + new[name] for name in values} if add else new
    statement: Insert = insert.on_conflict_do_update(index_elements=key, set_=changes)
    return statement


def as_stored(session: Session) -> Callable[[datetime], datetime | str]:
    """Return what puts a moment into the form in which this session's database keeps it."""
    if is_sqlite(session):
        return lambda moment: moment.astimezone(UTC).isoformat(" ", "microseconds")[:26]
    return lambda moment: moment.astimezone(UTC)


def one_of(
    session: Session, column: InstrumentedAttribute[Any], values: Collection[Any]
) -> ColumnElement[bool]:
    """Say that a column holds one of many values, given as one parameter however many they are.

    ``IN`` with a parameter a value is limited in number by both databases, and costs more to
    write down than to answer.
    """
    if is_sqlite(session):
        each = func.json_each(json.dumps(list(values))).table_valued("value")
        return column.in_(select(each.c.value))
    return column == any_(cast(literal(list(values), ARRAY(column.type)), ARRAY(column.type)))


def index_of(name: str, *columns: str, only: str) -> Index:
    """Return an index that holds just the rows of which the condition ``only`` is true."""
    return Index(name, *columns, sqlite_where=text(only), postgresql_where=text(only))
