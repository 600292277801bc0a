"""Workers that live, and jobs of workers that no longer do. All of it needs the system's scope."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from psycopg.rows import DictRow

from decisionworks.jobs.model import Lease, LostJob
from decisionworks.jobs.statements import statement
from decisionworks.kit.db import Tx


async def rescue(tx: Tx, *, worker_id: UUID, sweep: bool = False) -> list[LostJob]:
    """Let the jobs of dead workers wait again, then forget the workers that hold none any more.

    A worker whose session is gone is dead without waiting for its lease to end. A wrong guess does no harm: every
    write names the fencing token. `sweep` also finds running jobs of workers that nobody knows: it reads all that run.
    """
    cursor = await tx.execute(statement("rescue"), {"worker_id": worker_id, "sweep": sweep})
    lost = [_lost_job(row) for row in await cursor.fetchall()]
    await tx.execute(statement("bury_workers"), {"worker_id": worker_id})
    return lost


async def take_back(tx: Tx, *, worker_id: UUID, queue: str, held: Collection[Lease]) -> list[LostJob]:
    """Let jobs of a queue wait again that are this worker's by name only: it holds none but `held`.

    Call it while no claim of this worker on that queue is under way.
    """
    known = {"job_ids": [lease.job_id for lease in held], "lease_tokens": [lease.token for lease in held]}
    cursor = await tx.execute(statement("take_back"), {"worker_id": worker_id, "queue": queue, **known})
    return [_lost_job(row) for row in await cursor.fetchall()]


async def cancelled_leases(tx: Tx, *, held: Collection[Lease]) -> list[Lease]:
    """Those of these leases whose job was asked to end."""
    cursor = await tx.execute(statement("cancelled"), {"job_ids": [lease.job_id for lease in held]})
    return [Lease(job_id=row["id"], token=row["lease_token"]) for row in await cursor.fetchall()]


async def forget_worker(tx: Tx, *, worker_id: UUID) -> None:
    """The worker ends in peace."""
    await tx.execute(statement("forget_worker"), {"worker_id": worker_id})


def _lost_job(row: DictRow) -> LostJob:
    return LostJob(**row)
