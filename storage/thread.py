"""Threads: what begins one, and the key by which its posts are found together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from storage.many import AnyRow

#: Kinds that begin a thread; everything else belongs where its root does.
ROOTS = ("post", "article")

#: Platform, and the platform's own id of the root.
Thread = tuple[str, str]


def thread_of(mention: AnyRow) -> Thread:
    """Return the key of a mention's thread; a root is its own."""
    return mention.platform, mention.thread or mention.platform_id


def by_platform(keys: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    """Return the platform's own ids of threads or mentions, platform by platform."""
    found: dict[str, list[str]] = {}
    for platform, number in keys:
        found.setdefault(platform, []).append(number)
    return found
