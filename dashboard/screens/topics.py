"""The topics under watch, their queries and how loud they are."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter
from sqlalchemy import select
from starlette.responses import Response

from dashboard.desk import Reading
from storage.bucket import HOUR, by_platform, floor
from storage.incident import open_incidents
from storage.topic import Topic

router = APIRouter()


@router.get("/topics")
def listed(desk: Reading) -> Response:
    """Show all topics; the counts are of the last 24 whole hours and the running one."""
    since = floor(desk.now, HOUR) - timedelta(hours=24)
    with desk.database.read() as session:
        found = session.scalars(select(Topic).order_by(Topic.archived.is_not(None), Topic.id))
        rows = []
        for topic in found:
            platforms = by_platform(session, topic.id, since, desk.now, HOUR)
            volume = sum(counts["volume"] for counts in platforms.values())
            rows.append((topic, volume, len(open_incidents(session, topic.id))))
    return desk.show("topics.html", rows=rows)
