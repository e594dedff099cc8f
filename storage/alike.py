"""Copies that say the same, word for word: what people say of one holds for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from storage.many import AnyRow, one_of
from storage.mention import Mention


def same_words(mention: Mention) -> Select[int, int, int | None]:
    """Ask for a mention and those of its copies that say the same, word for word."""
    story = mention.id if mention.story is None else mention.story
    return select(Mention.id, Mention.labels, Mention.model_labels).where(
        or_(Mention.id == story, Mention.story == story),
        Mention.title.is_not_distinct_from(mention.title),
        Mention.text == mention.text,
        Mention.model.is_not(None),
    )


def copies_alike(session: Session, mention: Mention) -> int:
    """Return how many other posts say the same, word for word."""
    rows = same_words(mention).subquery()
    return (session.scalar(select(func.count()).select_from(rows)) or 1) - 1


def said_of(
    session: Session, fresh: Sequence[AnyRow], stories: Mapping[int, int]
) -> dict[int, int]:
    """Return the labels that people gave to the words of new copies, by mention.

    Args:
        session: of the transaction in which the mentions are scored.
        fresh: mentions with ``id``, ``title`` and ``text``.
        stories: by mention, the first of the story of which it is a copy.
    """
    if not stories:
        return {}
    firsts = set(stories.values())
    wanted = select(Mention.id, Mention.story, Mention.title, Mention.text, Mention.labels).where(
        Mention.model_labels.is_not(None)
    )
    heads, copies = (one_of(session, column, firsts) for column in (Mention.id, Mention.story))
    said = {
        (row.story or row.id, row.title, row.text): row.labels
        for where in (heads, copies)
        for row in session.execute(wanted.where(where))
    }
    mine = ((one.id, (stories.get(one.id), one.title, one.text)) for one in fresh)
    return {number: said[words] for number, words in mine if words in said}
