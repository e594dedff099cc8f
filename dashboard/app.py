"""The web application: rooms of screens behind one gate, and the public newsroom before it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import get_args
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from dashboard.bounds import Bounds
from dashboard.desk import SEE_OTHER, Desk
from dashboard.gate import (
    ForgedFormError,
    NotAllowedError,
    NotFoundError,
    NotSignedInError,
    StaleError,
    guard,
    split,
    visitor,
)
from dashboard.headers import Headers
from dashboard.house import House
from dashboard.pages import STATIC, check_assets, environment
from dashboard.screens import ROUTERS
from releases.refusal import NotAllowed
from templates.catalogue import Language, say


def create_app(house: House) -> FastAPI:
    """Build the application for one house.

    Raises:
        MissingAssetsError: the third-party scripts were not put in place by the build.
    """
    check_assets()
    app = FastAPI(
        title="Chengqing",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(guard)],
    )
    app.state.house = house
    app.state.pages = environment()
    app.state.static_version = _static_version()
    app.mount("/static", GZipMiddleware(StaticFiles(directory=STATIC)))
    for router in ROUTERS:
        app.include_router(router)
    app.add_middleware(Bounds)
    app.add_middleware(Headers, secure=house.secure)
    _answers(app)
    return app


def _static_version() -> str:
    files = sorted(path for path in STATIC.rglob("*") if path.is_file())
    stamps = "".join(f"{path.name}{path.stat().st_size}{path.stat().st_mtime_ns}" for path in files)
    return hashlib.sha256(stamps.encode()).hexdigest()[:12]


def _answers(app: FastAPI) -> None:
    """Say in words, on a page of ours, what went wrong and what to do."""
    app.add_exception_handler(NotSignedInError, _to_sign_in)
    app.add_exception_handler(NotAllowedError, _not_allowed)
    app.add_exception_handler(NotAllowed, _refused)
    app.add_exception_handler(ForgedFormError, _problem(403, "forged"))
    app.add_exception_handler(StaleError, _problem(409, "stale"))
    app.add_exception_handler(NotFoundError, _problem(404, "not_found"))
    app.add_exception_handler(RequestValidationError, _problem(422, "bad_request"))
    # What no database takes, such as a NUL in a text.
    app.add_exception_handler(DataError, _problem(422, "bad_request"))
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _failed)


def _desk(request: Request) -> Desk:
    return Desk(request, visitor(request, request.app.state.house))


def _to_sign_in(request: Request, _: Exception) -> Response:
    asked = request.url.query and f"?{request.url.query}"
    back = request.url.path + asked if request.method == "GET" else "/"
    fragment = request.headers.get("hx-request")
    if fragment:
        # The page around it is where the person is.
        around = split(request.headers.get("hx-current-url", ""))
        back = f"{around.path}?{around.query}" if around.query else around.path or "/"
    address = "/sign-in" if back == "/" else f"/sign-in?{urlencode({'next': back})}"
    if fragment:
        return Response(status_code=401, headers={"HX-Redirect": address})
    return RedirectResponse(address, SEE_OTHER)


def _not_allowed(request: Request, error: Exception) -> Response:
    roles = error.roles if isinstance(error, NotAllowedError) else ()
    desk = _desk(request)
    names = [desk.words.label("role", role) for role in roles]
    text = desk.words.say("problem_not_allowed", roles=names)
    return desk.show("problem.html", 403, title=desk.words.say("problem_title_403"), text=text)


def _refused(request: Request, error: Exception) -> Response:
    """Say why a step of a release was refused; nothing was changed by it."""
    desk = _desk(request)
    language = desk.words.language
    text = error.say(language) if isinstance(error, NotAllowed) else str(error)
    found = [one.say(language) for one in error.findings] if isinstance(error, NotAllowed) else []
    back = split(request.headers.get("referer", "")).path or "/"
    title = desk.words.say("problem_title_409")
    return desk.show("problem.html", 409, title=title, text=text, found=found, back=back)


def _problem(status: int, name: str) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, _: Exception) -> Response:
        desk = _desk(request)
        title, text = desk.words.say(f"problem_title_{status}"), desk.words.say(f"problem_{name}")
        return desk.show("problem.html", status, title=title, text=text)

    return answer


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status in (404, 405):
        return _problem(404, "not_found")(request, error)
    return Response(str(error), status)


def _failed(_request: Request, _: Exception) -> Response:
    """Say that we failed; what a page of ours is made of may be what failed."""
    said = (say("dashboard.problem_failed", language) for language in get_args(Language))
    return PlainTextResponse("\n".join(said), 500)
