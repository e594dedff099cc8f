"""One file a screen; a new one is one line here."""

from fastapi import APIRouter

from dashboard.screens import curves, health, incidents, now, sign_in

ROUTERS: tuple[APIRouter, ...] = (
    health.router,
    now.router,
    curves.router,
    incidents.router,
    sign_in.router,
)
