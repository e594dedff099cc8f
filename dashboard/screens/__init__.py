"""One file a screen; a new one is one line here."""

from fastapi import APIRouter

from dashboard.screens import health, sign_in

ROUTERS: tuple[APIRouter, ...] = (
    health.router,
    sign_in.router,
)
