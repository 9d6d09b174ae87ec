"""Runs migrations on the connection that database.Database.migrate hands over."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from kiosk.hotel.builtin.tables import Base, Moment


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """A migration stands by itself: it names no class of ours."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, Moment) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite can't alter a table in place: batch mode copies it
    compare_type=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
