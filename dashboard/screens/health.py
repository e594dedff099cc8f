"""For operators and their tools: whether the application can reach its database."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse

from dashboard.gate import the_house
from dashboard.house import House

router = APIRouter()


@router.get("/healthz")
def healthz(house: Annotated[House, Depends(the_house)]) -> JSONResponse:
    """Answer 200 when records can be read, else 503; no detail for strangers."""
    try:
        with house.database.read() as session:
            session.execute(select(1))
    except SQLAlchemyError:
        return JSONResponse({"status": "database unreachable"}, 503)
    return JSONResponse({"status": "ok"})
