"""What somebody has to do for the queue now and then; any worker may, however many do. Needs the system's scope."""

from __future__ import annotations

from decisionworks.jobs.statements import statement
from decisionworks.kit.db import Tx


async def promote(tx: Tx, *, queue: str) -> tuple[int, float | None]:
    """Make scheduled jobs ready whose time has come; answers how many, and when the next one is due.

    Units: the second is seconds from now, None when nothing is scheduled.
    """
    promoted = await tx.execute(statement("promote"), {"queue": queue})
    count = len(await promoted.fetchall())
    due = await tx.execute(statement("next_due"), {"queue": queue})
    row = await due.fetchone()
    return count, None if row is None else row["due_in_s"]


async def clean(tx: Tx, *, older_than_s: float, limit: int) -> int:
    """Forget jobs that ended long ago, with their attempts and the checkpoints of their runs; answers how many."""
    cursor = await tx.execute(statement("clean"), {"older_than_s": older_than_s, "limit": limit})
    return len(await cursor.fetchall())
