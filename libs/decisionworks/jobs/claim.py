"""Taking work, and keeping the right to it."""

from __future__ import annotations

from uuid import UUID

from decisionworks.jobs.errors import LeaseLost
from decisionworks.jobs.model import ClaimedJob, HeldLease, Lease
from decisionworks.jobs.statements import statement
from decisionworks.kit.db import Tx


async def claim(tx: Tx, *, worker_id: UUID, free: int, queue: str, turn: int) -> list[ClaimedJob]:
    """Take up to `free` ready jobs, fairly over projects; needs the system's scope.

    Units: `turn` is any number that changes from call to call; it rotates who comes first.
    """
    cursor = await tx.execute(
        statement("claim"), {"worker_id": worker_id, "free": free, "queue": queue, "turn": str(turn)}
    )
    return [ClaimedJob(**row) for row in await cursor.fetchall()]


async def hold_lease(tx: Tx, lease: Lease) -> HeldLease:
    """Lock the right to write until this transaction ends: a takeover waits for it.

    Raises: LeaseLost, another attempt owns the job; write nothing.
    """
    cursor = await tx.execute(statement("hold_lease"), {"job_id": lease.job_id, "lease_token": lease.token})
    row = await cursor.fetchone()
    if row is None:
        raise LeaseLost(lease.job_id, lease.token)
    return HeldLease(**row)


async def note_progress(tx: Tx, lease: Lease) -> None:
    """Clear the counts of failures and of leases lost in a row: a node has newly finished."""
    await tx.execute(statement("note_progress"), {"job_id": lease.job_id, "lease_token": lease.token})
