"""Finding posts: a topic, a stretch of time, a few filters, words as they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from dashboard.charts import RANGES
from dashboard.desk import Reading
from dashboard.forms import row_of
from dashboard.posts import Filter, Post, fold, loudest, narrowed, newest, total, window
from dashboard.topic_page import chosen
from storage.bucket import HOUR, by_platform, floor

router = APIRouter()

PAGE = 30


@dataclass(frozen=True)
class Sought:
    """What is looked for."""

    topic: Annotated[str, Query(max_length=20)] = ""
    words: Annotated[str, Query(max_length=200)] = ""
    mood: Annotated[str, Query(max_length=20)] = ""
    platform: Annotated[str, Query(max_length=200)] = ""
    kind: Annotated[str, Query(max_length=20)] = ""
    order: Annotated[str, Query(max_length=20)] = "newest"
    hours: Annotated[int, Query(ge=1, le=RANGES[-1])] = 24
    page: Annotated[int, Query(ge=1, le=300)] = 1

    @property
    def filter(self) -> Filter:
        """The same as a filter of posts."""
        return Filter(self.mood, self.platform, self.kind, self.words)


@router.get("/search")
def search(desk: Reading, sought: Annotated[Sought, Depends()]) -> Response:
    """Show the posts of a topic that fit."""
    with desk.database.read() as session:
        topics, topic = chosen(session, row_of(sought.topic))
        posts: list[Post] = []
        count, more, platforms = 0, False, list[str]()
        if topic is not None:
            since = desk.now - timedelta(hours=sought.hours)
            wanted = window(topic.id, since, desk.now + timedelta(minutes=1))
            wanted = narrowed(wanted, sought.filter)
            if sought.order == "loudest":
                posts = loudest(session, wanted, PAGE)
            else:
                found = newest(session, wanted, PAGE + 1, (sought.page - 1) * PAGE)
                posts, more = fold(found[:PAGE]), len(found) > PAGE
            count = total(session, wanted)
            seen = by_platform(session, topic.id, floor(since, HOUR), desk.now, HOUR)
            platforms = sorted({*seen, sought.platform} - {""})
    return desk.show(
        "search.html",
        sought=sought,
        topics=topics,
        topic=topic,
        posts=posts,
        count=count,
        more=more,
        platforms=platforms,
        ranges=RANGES,
    )
