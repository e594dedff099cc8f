"""A new installation: secrets, settings, database, first people, topic, sources and schedules."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from chengqing.schedule import next_run
from crawler.source import SourceSpec
from storage.schedule import Schedule
from storage.topic import Source, Topic

#: Work that runs in every installation: name → seconds between runs, or a time of day.
WORK: dict[str, int | str] = {
    "score": 15,
    "detect": 60,
    "send": 15,
    "digest": "08:30",
    "purge": "03:30",
}


def new_secret() -> str:
    """Return a fresh secret of 256 bits."""
    return secrets.token_urlsafe(32)


def write_environment(path: Path, values: Mapping[str, str]) -> None:
    """Add secrets to a file that only its owner can read; what stands there is kept."""
    known = path.read_text(encoding="utf-8") if path.exists() else ""
    named = {line.split("=", 1)[0] for line in known.splitlines()}
    lines = [f"{name}={_quoted(value)}\n" for name, value in values.items() if name not in named]
    # Added to, never written anew: whatever happens meanwhile, a secret that stood there stays.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(descriptor, 0o600)
        file.write(("\n" if known and not known.endswith("\n") else "") + "".join(lines))


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def write_settings(path: Path, values: Mapping[str, Any]) -> None:
    """Write a settings file; JSON strings and numbers are valid TOML values."""
    flat = {name: value for name, value in values.items() if not isinstance(value, Mapping)}
    tables = {name: value for name, value in values.items() if isinstance(value, Mapping)}
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in flat.items()]
    for name, table in tables.items():
        lines += ["", f"[{name}]"]
        lines += [
            f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in table.items()
        ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def add_topic(session: Session, name: str, query: str, now: datetime) -> Topic:
    """Put a subject under watch; one of that name is given the new query.

    Raises:
        analysis.query.QueryError: the query cannot be read.
    """
    from analysis.query import parse

    parse(query)
    topic = session.scalar(select(Topic).where(Topic.name == name))
    if topic is None:
        topic = Topic(name=name, query=query, created=now)
        session.add(topic)
    topic.query = query
    session.flush()
    return topic


def add_source(session: Session, spec: SourceSpec, now: datetime) -> Source:
    """Store a source and its schedule; one of that name is changed."""
    source = session.scalar(select(Source).where(Source.name == spec.name))
    if source is None:
        source = Source(name=spec.name, created=now, state={})
        session.add(source)
    if (source.kind, source.url) != (spec.kind, spec.url):
        # What was seen at another address, and when, would make this one look unchanged.
        source.state = {}
    source.kind, source.url, source.enabled = spec.kind, spec.url, True
    source.options = spec.model_dump(
        mode="json",
        exclude={"name", "kind", "url", "robots_override", "allow_private", "state"},
        exclude_defaults=True,
    )
    if spec.robots_override:
        source.robots_override_by = spec.robots_override.by
        source.robots_override_reason = spec.robots_override.reason
        source.robots_override_at = spec.robots_override.at
    else:
        # Withdrawn; who gave it and why stay on record.
        source.robots_override_at = None
    session.flush()
    name = f"crawl:{source.name}"
    row = session.scalar(select(Schedule).where(Schedule.name == name))
    if row is None:
        row = Schedule(name=name, work="crawl", source_id=source.id, next_at=now)
        session.add(row)
    row.every, row.enabled = max(int(spec.every), 1), True
    return source


def add_schedules(
    session: Session,
    now: datetime,
    zone: ZoneInfo,
    work: Mapping[str, int | str] | None = None,
) -> None:
    """Plan the work that every installation does; rows that exist stay as people set them."""
    known = set(session.scalars(select(Schedule.name)))
    for name, often in (work or WORK).items():
        if name not in known:
            every, daily = (often, None) if isinstance(often, int) else (None, often)
            row = Schedule(name=name, work=name, every=every, daily=daily, next_at=now)
            row.next_at = next_run(row, now, zone) if daily else now
            session.add(row)
