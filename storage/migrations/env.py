"""How Alembic compares and migrates: on a connection of ours, in the caller's transaction."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from storage.base import Instant
from storage.tables import Base


def _render(kind: str, item: Any, _autogen: AutogenContext) -> str | Literal[False]:
    """Write our own type as the plain one, so that old migrations do not depend on new code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=_render,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
