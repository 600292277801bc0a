"""What operators see of the queue. All of it needs the system's scope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from decisionworks.jobs.errors import JobNotFound
from decisionworks.jobs.statements import statement
from decisionworks.kit.db import Tx


async def list_jobs(
    tx: Tx, *, state: str | None = None, limit: int = 50, before: UUID | None = None
) -> list[dict[str, Any]]:
    """Live and finished jobs, newest first, older than `before`."""
    cursor = await tx.execute(statement("list_jobs"), {"state": state, "before": before, "id": None, "limit": limit})
    return list(await cursor.fetchall())


async def get_job(tx: Tx, job_id: UUID) -> dict[str, Any]:
    """One job with its attempts.

    Raises: JobNotFound.
    """
    cursor = await tx.execute(statement("list_jobs"), {"state": None, "before": None, "id": job_id, "limit": 1})
    row = await cursor.fetchone()
    if row is None:
        raise JobNotFound(job_id)
    attempts = await tx.execute(statement("list_attempts"), {"job_id": job_id})
    return dict(row) | {"attempts": list(await attempts.fetchall())}


async def queue_stats(tx: Tx) -> dict[str, Any]:
    """Depth and oldest age (seconds) by state, workers, outcomes of the last hour."""
    cursor = await tx.execute(statement("stats"))
    row = await cursor.fetchone()
    return dict(row) if row is not None else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What there is for the workers of a queue now; `of_dead` of the `jobs` stand under the name of a dead worker."""

    jobs: int
    of_dead: int


async def backlog(tx: Tx, *, queue: str, most: int) -> Backlog:
    """How many jobs a queue has for its workers now, those that run included; counted up to `most`."""
    cursor = await tx.execute(statement("backlog"), {"queue": queue, "most": most})
    row = await cursor.fetchone()
    return Backlog(jobs=0, of_dead=0) if row is None else Backlog(jobs=row["jobs"], of_dead=row["of_dead"])
