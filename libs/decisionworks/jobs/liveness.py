"""Workers that live, and jobs of workers that no longer do. All of it needs the system's scope."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from psycopg.rows import DictRow

from decisionworks.jobs.model import Lease, LostJob
from decisionworks.jobs.statements import statement
from decisionworks.kit.db import Tx


async def rescue(tx: Tx, *, worker_id: UUID) -> list[LostJob]:
    """Let the jobs of dead workers wait again.

    Two statements in one transaction: workers whose session is gone are forgotten first, so that a killed worker is
    noticed without waiting for its lease to end. A wrong guess does no harm: every write names the fencing token.
    """
    await tx.execute(statement("bury_workers"), {"worker_id": worker_id})
    cursor = await tx.execute(statement("rescue"))
    return [_lost_job(row) for row in await cursor.fetchall()]


async def take_back(tx: Tx, *, worker_id: UUID, held: Collection[Lease]) -> list[LostJob]:
    """Let jobs wait again that are this worker's by name only: it holds none but `held`.

    Call it while no claim of this worker is under way.
    """
    known = {"job_ids": [lease.job_id for lease in held], "lease_tokens": [lease.token for lease in held]}
    cursor = await tx.execute(statement("take_back"), {"worker_id": worker_id, **known})
    return [_lost_job(row) for row in await cursor.fetchall()]


async def cancelled_leases(tx: Tx, *, worker_id: UUID) -> list[Lease]:
    """This worker's jobs whose end was asked for."""
    cursor = await tx.execute(statement("cancelled_of_worker"), {"worker_id": worker_id})
    return [Lease(job_id=row["id"], token=row["lease_token"]) for row in await cursor.fetchall()]


async def forget_worker(tx: Tx, *, worker_id: UUID) -> None:
    """The worker ends in peace."""
    await tx.execute(statement("forget_worker"), {"worker_id": worker_id})


def _lost_job(row: DictRow) -> LostJob:
    return LostJob(
        id=row["id"],
        project_id=row["project_id"],
        subject_id=row["subject_id"],
        kind=row["kind"],
        lost_leases=row["lost_leases"],
    )
