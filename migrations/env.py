"""Alembic's entry: runs the versions on the connection that `decisionworks.engine.migrate` hands in."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection


def run(connection: Connection) -> None:
    """Run the migrations in one transaction."""
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
