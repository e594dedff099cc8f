"""The health of sources: what each last saw, what it left out and why, and what to do."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from alerts.sight import SEES
from dashboard.desk import Reading
from dashboard.gate import NotFoundError
from dashboard.sight import Sight, sights
from storage.topic import Source, last_visits

router = APIRouter()

#: How many visits the page of one source lists.
VISITS = 60


@router.get("/sources")
def listed(desk: Reading) -> Response:
    """Show every source, the blind first."""
    with desk.database.read() as session:
        found = sights(session)
    return desk.show("sources.html", sights=found, sees=SEES)


@router.get("/sources/{source_id:row}")
def one(desk: Reading, source_id: int) -> Response:
    """Show one source and its visits."""
    with desk.database.read() as session:
        source = session.get(Source, source_id)
        if source is None:
            raise NotFoundError
        sight = Sight(source, last_visits(session, source_id, VISITS))
    return desk.show("source.html", sight=sight)
