"""Which story each new mention belongs to: its copies of the last days, on any platform."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.fold import follow, sketch
from storage.many import AnyRow, one_of
from storage.mention import Mention, judged
from storage.story import MEMORY, hold_keys, keys_held


def find_stories(session: Session, fresh: Sequence[AnyRow]) -> dict[int, int]:
    """Return, by mention, the mention of which it is a copy; what is a first or alone is absent.

    Args:
        session: of the transaction in which the mentions are scored.
        fresh: mentions in the order of their ids, with ``title``, ``text`` and ``published``.
    """
    new = sketch([judged(mention) for mention in fresh])
    keys = new.keys(new.long)
    held = keys_held(session, set(chain.from_iterable(keys)))
    firsts = _firsts(session, set(held.values()))
    places = {first.id: place for place, first in enumerate(firsts)}
    owners = {key: places[number] for key, number in held.items() if number in places}
    both = [*firsts, *fresh]
    moments = [mention.published.timestamp() for mention in both]
    known = len(firsts)
    old = sketch([judged(first) for first in firsts])
    groups = follow(old + new, known, owners, moments, MEMORY.total_seconds())[known:].tolist()
    leads: dict[int, tuple[int, int]] = {}
    for place, row in zip(new.long.tolist(), keys, strict=True):
        if groups[place] == known + place:
            leads.update(dict.fromkeys(row, (fresh[place].id, int(moments[known + place]))))
    hold_keys(session, leads)
    return {
        mention.id: both[group].id
        for place, (mention, group) in enumerate(zip(fresh, groups, strict=True), known)
        if group != place
    }


def _firsts(session: Session, ids: set[int]) -> Sequence[AnyRow]:
    """Return the mentions that may still be the first of a story, in the order of their ids."""
    if not ids:
        return []
    # One that was edited since is to be scored again, and then holds keys of its new words.
    wanted = (
        select(Mention.id, Mention.title, Mention.text, Mention.published)
        .where(one_of(session, Mention.id, ids))
        .where(Mention.story.is_(None), Mention.model.is_not(None))
    )
    return session.execute(wanted.order_by(Mention.id)).all()
