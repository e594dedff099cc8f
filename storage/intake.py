"""The one door in: mention lines become rows, with pseudonyms, bounds and uniqueness."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.base import alone
from storage.bucket import Tally, count
from storage.line import MentionLine
from storage.mention import AuthorName, Mention, MentionTopic
from storage.seal import Seal

#: Nothing was said on China's public internet before it was connected (1994-04-20).
EARLIEST = datetime(1994, 4, 20, tzinfo=UTC)
#: How far a platform's clock may be ahead of ours.
SKEW = timedelta(minutes=10)
#: How long a sealed name is kept; an incident's archive keeps at least 184 days (电信服务规范 7).
RETENTION = timedelta(days=184)
BATCH = 500

ENGAGEMENT = ("likes", "comments", "reposts", "views")


@dataclass
class Intake:
    """What became of the lines handed in."""

    kept: int = 0
    updated: int = 0
    duplicate: int = 0
    dropped: Counter[str] = field(default_factory=Counter)

    def add(self, other: Intake) -> None:
        """Add another batch's figures."""
        self.kept += other.kept
        self.updated += other.updated
        self.duplicate += other.duplicate
        self.dropped.update(other.dropped)


def flaw(line: MentionLine, now: datetime) -> str | None:
    """Return why a line cannot be kept (a word of the drop reasons), or None."""
    if line.published is None:
        return "no_time"
    if line.published > now + SKEW:
        return "future"
    if line.published < EARLIEST:
        return "too_old"
    if not line.text.strip() and not (line.title or "").strip():
        return "empty"
    return None


def accept(
    session: Session,
    lines: Iterable[MentionLine],
    seal: Seal,
    now: datetime,
    source_id: int | None = None,
) -> Intake:
    """Keep what is new, refresh what is known, refuse what cannot be so.

    Run inside one transaction; every count and edit of the batch lands together.
    """
    alone(session)
    result = Intake()
    sound: dict[tuple[str, str], MentionLine] = {}
    for line in lines:
        reason = flaw(line, now)
        key = (line.platform, line.id)
        if reason:
            result.dropped[reason] += 1
        elif key in sound:
            result.duplicate += 1
        else:
            sound[key] = line
    known = _known(session, list(sound))
    fresh = [line for key, line in sound.items() if key not in known]
    _insert(session, fresh, seal, now, source_id)
    result.kept += len(fresh)
    for key, mention in known.items():
        if _refresh(session, mention, sound[key], now):
            result.updated += 1
        else:
            result.duplicate += 1
    return result


def _known(session: Session, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Mention]:
    found: dict[tuple[str, str], Mention] = {}
    column = tuple_(Mention.platform, Mention.platform_id)
    for first in range(0, len(keys), BATCH):
        for row in session.scalars(select(Mention).where(column.in_(keys[first : first + BATCH]))):
            found[row.platform, row.platform_id] = row
    return found


def _insert(
    session: Session, lines: list[MentionLine], seal: Seal, now: datetime, source_id: int | None
) -> None:
    if not lines:
        return
    session.execute(insert(Mention), [_row(line, seal, now, source_id) for line in lines])
    names: dict[str, str] = {}
    for line in lines:
        author = _author_key(line, seal)
        # A body speaks under its own name; only people's names are sealed away.
        if author and line.author and line.author.name:
            names[author] = line.author.name
    if names:
        _keep_names(session, names, seal, now)


def _keep_names(session: Session, names: dict[str, str], seal: Seal, now: datetime) -> None:
    sqlite_here = session.get_bind().dialect.name == "sqlite"
    statement = (sqlite.insert if sqlite_here else postgresql.insert)(AuthorName)
    changes = {"expires": statement.excluded.expires}
    session.connection().execute(
        statement.on_conflict_do_update(index_elements=["author"], set_=changes),
        [
            {"author": author, "sealed": seal.close(name), "expires": now + RETENTION}
            for author, name in sorted(names.items())
        ],
    )


def _author_key(line: MentionLine, seal: Seal) -> str | None:
    if line.author is None:
        return None
    who = line.author.id or line.author.name
    return seal.pseudonym(line.platform, who) if who else None


def _row(line: MentionLine, seal: Seal, now: datetime, source_id: int | None) -> dict[str, Any]:
    author = line.author
    return {
        "platform": line.platform,
        "platform_id": line.id,
        "kind": line.kind,
        "url": line.url,
        "parent": line.parent,
        # A root is its own thread, so that one index finds a thread whole.
        "thread": line.thread or line.id,
        "author": _author_key(line, seal),
        "author_kind": author.kind if author else None,
        "followers": author.followers if author else None,
        "outlet": line.outlet,
        "region": line.region,
        "title": line.title,
        "text": line.text,
        "published": line.published,
        "edited": line.edited,
        "deleted": line.deleted,
        "first_seen": now,
        "last_seen": now,
        "source_id": source_id,
        "labels": 0,
        **{name: getattr(line.counts, name) for name in ENGAGEMENT},
    }


def _refresh(session: Session, mention: Mention, line: MentionLine, now: datetime) -> bool:
    """Update counts, edits and deletion; True when anything but ``last_seen`` changed."""
    changes: dict[str, Any] = {}
    for name in ENGAGEMENT:
        seen = getattr(line.counts, name)
        if seen is not None and seen != getattr(mention, name):
            changes[name] = seen
    if line.deleted and not mention.deleted:
        changes["deleted"] = line.deleted
    if _edited(mention, line):
        changes |= {"text": line.text, "title": line.title, "edited": line.edited or now}
        forget_scores(session, [mention])
        changes |= {"model": None, "labels": 0}
    changed = bool(changes)
    changes["last_seen"] = max(now, mention.last_seen)
    for name, value in changes.items():
        setattr(mention, name, value)
    return changed


def _edited(mention: Mention, line: MentionLine) -> bool:
    """Whether the words changed; a shortened or emptied second look is not an edit."""
    if not line.text.strip() or line.text == mention.text:
        return False
    return not mention.text.startswith(line.text.removesuffix("...").removesuffix("…").rstrip())


def forget_scores(session: Session, mentions: Sequence[Mention]) -> None:
    """Take scored mentions out of the counts, so that scoring them again counts them once."""
    scored = {mention.id: mention for mention in mentions if mention.model is not None}
    if not scored:
        return
    wanted = select(MentionTopic).where(MentionTopic.mention_id.in_(scored))
    links = list(session.scalars(wanted))
    count(
        session,
        [
            Tally(
                link.topic_id,
                scored[link.mention_id].platform,
                link.published,
                scored[link.mention_id].labels,
                sign=-1,
            )
            for link in links
        ],
    )
    for link in links:
        session.delete(link)
    session.flush()
