"""The queue: ranks that age, scheduled jobs apart, attempts when they end, limits of projects, schedules."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL files beside this one."""
    for name in ("0002_queue.sql", "0002_functions.sql"):
        sql = Path(__file__).with_name(name).read_text(encoding="utf-8")
        op.get_bind().connection.driver_connection.execute(sql, prepare=False)  # type: ignore[union-attr]
