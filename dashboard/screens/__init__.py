"""One file a screen; a new one is one name in the import and one line here."""

from fastapi import APIRouter

from dashboard.screens import (
    account,
    authors,
    curves,
    deliveries,
    editing,
    facts,
    health,
    incidents,
    moods,
    newsroom,
    now,
    persons,
    releases,
    search,
    sign_in,
    sources,
    topics,
)

ROUTERS: tuple[APIRouter, ...] = (
    health.router,
    newsroom.router,
    sign_in.router,
    account.router,
    now.router,
    curves.router,
    incidents.router,
    releases.router,
    editing.router,
    facts.router,
    search.router,
    authors.router,
    moods.router,
    sources.router,
    topics.router,
    deliveries.router,
    persons.router,
)
