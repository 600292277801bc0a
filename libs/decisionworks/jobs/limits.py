"""How many jobs of one project run at the same time. Needs the system's scope."""

from __future__ import annotations

from uuid import UUID

from decisionworks.jobs.errors import UnfitLimit
from decisionworks.kit.db import Tx

HIGHEST_LIMIT = 100_000


async def limit_running(tx: Tx, project_id: UUID, *, max_running: int | None) -> None:
    """Let at most `max_running` jobs of a project run at once, from the next claim on; None lifts the limit.

    Raises: UnfitLimit.
    """
    if max_running is None:
        await tx.execute("DELETE FROM project_limits WHERE project_id = %s", (project_id,))
        return
    if not 1 <= max_running <= HIGHEST_LIMIT:
        raise UnfitLimit(max_running, highest=HIGHEST_LIMIT)
    await tx.execute(
        "INSERT INTO project_limits (project_id, max_running) VALUES (%s, %s)"
        " ON CONFLICT (project_id) DO UPDATE SET max_running = excluded.max_running",
        (project_id, max_running),
    )


async def limit_of(tx: Tx, project_id: UUID) -> int | None:
    """The limit of a project, None where it has none."""
    cursor = await tx.execute("SELECT max_running FROM project_limits WHERE project_id = %s", (project_id,))
    row = await cursor.fetchone()
    return None if row is None else int(row["max_running"])
