"""The outbox: what was sent to whom, what failed and why; another try, or none."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from dashboard.desk import Operator, Sender
from delivery.undeliverable import explain
from releases import audit
from storage.delivery import DeliveryState, drop, latest, retry, states

router = APIRouter()

#: How many sendings the page lists.
LISTED = 200


@router.get("/deliveries")
def listed(desk: Sender) -> Response:
    """Show the outbox, failures first."""
    with desk.database.read() as session:
        rows = latest(session, LISTED)
        counts = states(session)
    errors = {row.id: explain(row.error, desk.words.language) for row in rows if row.error}
    subjects = {row.id: str(row.payload.get("subject", ""))[:200] for row in rows}
    return desk.show(
        "deliveries.html",
        rows=rows,
        counts=counts,
        errors=errors,
        subjects=subjects,
        states=list(DeliveryState),
    )


@router.post("/deliveries/{delivery_id:row}/retry")
def again(desk: Operator, delivery_id: int) -> Response:
    """Let a failed sending be tried again from the start."""
    with desk.database.begin() as session:
        changed = retry(session, delivery_id, desk.now)
    return desk.go("/deliveries", said="retried" if changed else "not_retried")


@router.post("/deliveries/{delivery_id:row}/drop")
def set_aside(desk: Operator, delivery_id: int) -> Response:
    """Set a failed sending aside: it stays in the list; who did so stays in the audit log."""
    with desk.database.begin() as session:
        changed = drop(session, delivery_id)
        if changed:
            subject = ("delivery", delivery_id)
            audit.append(session, subject, "set_aside", desk.person.id, desk.now)
    return desk.go("/deliveries", said="dropped" if changed else "not_retried")
