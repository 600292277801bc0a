"""What an operator does with a job in quarantine. Needs the system's scope."""

from __future__ import annotations

from uuid import UUID

from decisionworks.jobs.errors import AlreadyQueued, NotInQuarantine
from decisionworks.jobs.listing import get_job
from decisionworks.jobs.statements import statement
from decisionworks.kit.db import Tx


async def replay(tx: Tx, job_id: UUID) -> None:
    """Let a quarantined job wait for a worker again, under its own id: what it finished is not done again.

    Raises: JobNotFound, NotInQuarantine; AlreadyQueued, its subject has another active job.
    """
    cursor = await tx.execute(statement("replay"), {"job_id": job_id})
    row = await cursor.fetchone()
    if row is not None and not row["is_stored"]:
        raise AlreadyQueued(row["subject_id"])
    if row is None:
        found = await get_job(tx, job_id)
        if found["state"] != "quarantined":
            raise NotInQuarantine(job_id, found["state"])
        raise AlreadyQueued(found["subject_id"])


async def discard(tx: Tx, job_id: UUID) -> None:
    """Give a quarantined job up: from now on it counts as failed.

    Raises: JobNotFound, NotInQuarantine.
    """
    cursor = await tx.execute(statement("discard"), {"job_id": job_id})
    if await cursor.fetchone() is None:
        found = await get_job(tx, job_id)
        raise NotInQuarantine(job_id, found["state"])
