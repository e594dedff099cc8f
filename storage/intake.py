"""The one door in: mention lines become rows, with pseudonyms, bounds and uniqueness."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from storage.base import alone
from storage.line import MentionLine
from storage.many import AnyRow, as_stored, one_of, write
from storage.mention import AuthorName, Mention
from storage.recount import forget
from storage.seal import Seal
from storage.thread import by_platform

#: Nothing was said on China's public internet before it was connected (1994-04-20).
EARLIEST = datetime(1994, 4, 20, tzinfo=UTC)
#: How far a platform's clock may be ahead of ours.
SKEW = timedelta(minutes=10)
#: How long a sealed name is kept; an incident's archive keeps at least 184 days (电信服务规范 7).
RETENTION = timedelta(days=184)

ENGAGEMENT = ("likes", "comments", "reposts", "views")
#: Platform and the platform's own id.
Key = tuple[str, str]


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

    A known post that is said to be gone needs neither time nor words. Run inside one transaction;
    every count and edit of the batch lands together.
    """
    alone(session)
    result = Intake()
    given: dict[Key, MentionLine] = {}
    for line in lines:
        reason = None if line.deleted else flaw(line, now)
        if reason:
            result.dropped[reason] += 1
        elif (line.platform, line.id) in given:
            result.duplicate += 1
        else:
            given[line.platform, line.id] = line
    known = _known(session, given)
    seen = [(known[key], line) for key, line in given.items() if key in known]
    fresh: list[MentionLine] = []
    for line in (line for key, line in given.items() if key not in known):
        if line.deleted and (reason := flaw(line, now)):
            result.dropped[reason] += 1
        else:
            fresh.append(line)
    if fresh:
        _insert(session, fresh, seal, now, source_id)
    result.kept = len(fresh)
    result.updated = _refresh(session, seen, now)
    result.duplicate += len(seen) - result.updated
    return result


#: What a later visit may change, and what it is compared with.
_KEPT = ("text", "title", "edited", "deleted", *ENGAGEMENT)
_NEW, _NAMED = insert(Mention), insert(AuthorName)
_CHANGED = update(Mention).where(Mention.id == bindparam("number"))
_CHANGED = _CHANGED.values({name: bindparam(name) for name in _KEPT})
_COMPARED = (Mention.id, Mention.platform_id, *(getattr(Mention, name) for name in _KEPT))


def _known(session: Session, keys: Collection[Key]) -> dict[Key, AnyRow]:
    found: dict[Key, AnyRow] = {}
    for platform, numbers in by_platform(keys).items():
        here = one_of(session, Mention.platform_id, numbers)
        wanted = select(*_COMPARED).where(Mention.platform == platform, here)
        found |= {(platform, row.platform_id): row for row in session.execute(wanted)}
    return found


def _insert(
    session: Session, lines: list[MentionLine], seal: Seal, now: datetime, source_id: int | None
) -> None:
    form = as_stored(session)
    authors = [_author_key(line, seal) for line in lines]
    seen = {"first_seen": form(now), "last_seen": form(now), "source_id": source_id, "labels": 0}
    rows = [
        {**_row(line, now, form), "author": author, **seen}
        for line, author in zip(lines, authors, strict=True)
    ]
    write(session, _NEW, tuple(rows[0]), [tuple(row.values()) for row in rows])
    names = {
        author: line.author.name
        for line, author in zip(lines, authors, strict=True)
        if author and line.author and line.author.name
    }
    _keep_names(session, names, seal, now + RETENTION)


def _keep_names(session: Session, names: Mapping[str, str], seal: Seal, expires: datetime) -> None:
    mine = one_of(session, AuthorName.author, names)
    known = set(session.scalars(select(AuthorName.author).where(mine)))
    session.connection().execute(update(AuthorName).where(mine).values(expires=expires))
    until = as_stored(session)(expires)
    new = [(key, seal.close(name), until) for key, name in names.items() if key not in known]
    write(session, _NAMED, ("author", "sealed", "expires"), new)


def _author_key(line: MentionLine, seal: Seal) -> str | None:
    if line.author is None:
        return None
    who = line.author.id or line.author.name
    return seal.pseudonym(line.platform, who) if who else None


def _row(line: MentionLine, now: datetime, form: Callable[[datetime], object]) -> dict[str, Any]:
    author = line.author
    edited, deleted = _believable(line.edited, now), _believable(line.deleted, now)
    return {
        "platform": line.platform,
        "platform_id": line.id,
        "kind": line.kind,
        "url": line.url,
        "parent": line.parent,
        # A root is its own thread, so that one index finds a thread whole.
        "thread": line.thread or line.id,
        "author_kind": author.kind if author else None,
        "followers": author.followers if author else None,
        "outlet": line.outlet,
        "region": line.region,
        "title": line.title,
        "text": line.text,
        "published": line.published and form(line.published),
        "edited": edited and form(edited),
        "deleted": deleted and form(deleted),
        **{name: getattr(line.counts, name) for name in ENGAGEMENT},
    }


def _believable(moment: datetime | None, now: datetime) -> datetime | None:
    """Return when a post was edited or deleted; a time that cannot be becomes when we saw it."""
    return moment if moment is None or EARLIEST <= moment <= now + SKEW else now


def _refresh(session: Session, seen: Sequence[tuple[AnyRow, MentionLine]], now: datetime) -> int:
    """Update counts, edits and deletion; return how many changed otherwise than by being seen."""
    if not seen:
        return 0
    changed = [(row, changes) for row, line in seen if (changes := _changes(row, line, now))]
    rewritten = [row.id for row, changes in changed if changes["text"] != row.text]
    if rewritten:
        forget(session, rewritten)
    form = as_stored(session)
    rows = [
        (*(form(new) if isinstance(new, datetime) else new for new in changes.values()), row.id)
        for row, changes in changed
    ]
    write(session, _CHANGED, (*_KEPT, "number"), rows)
    mine = one_of(session, Mention.id, [row.id for row, _ in seen])
    touched = update(Mention).where(mine, Mention.last_seen < now).values(last_seen=now)
    session.connection().execute(touched)
    return len(changed)


def _changes(row: AnyRow, line: MentionLine, now: datetime) -> dict[str, Any]:
    """Return the columns as they are to be, empty when all stay as they are."""
    old = {name: getattr(row, name) for name in _KEPT}
    new = dict(old)
    for name in ENGAGEMENT:
        count = getattr(line.counts, name)
        new[name] = old[name] if count is None else count
    new["deleted"] = old["deleted"] or _believable(line.deleted, now)
    if _edited(row.text, line.text):
        edited = _believable(line.edited, now) or now
        new |= {"text": line.text, "title": line.title, "edited": edited}
    return new if new != old else {}


def _edited(held: str, given: str) -> bool:
    """Whether the words changed; a shortened or emptied second look is not an edit."""
    if not given.strip() or given == held:
        return False
    return not held.startswith(given.removesuffix("...").removesuffix("…").rstrip())
