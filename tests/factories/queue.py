"""Jobs and workers for tests, without worker processes."""

from __future__ import annotations

import asyncio
from uuid import UUID

from decisionworks import jobs
from decisionworks.jobs import ClaimedJob
from decisionworks.jobs.statements import statement
from decisionworks.kit.db import Database
from decisionworks.kit.ids import new_id


async def a_project(database: Database, name: str = "another project") -> UUID:
    """A project of its own."""
    project_id = new_id()
    async with database.system_transaction() as tx:
        await tx.execute("INSERT INTO projects (id, name) VALUES (%s, %s)", (project_id, f"{name} {project_id}"))
    return project_id


async def a_worker(database: Database, *, lease_s: float = 15.0) -> UUID:
    """A registered worker that nobody runs: it beats only when a test says so."""
    worker_id = new_id()
    async with database.system_transaction() as tx:
        await tx.execute(
            statement("register_worker"),
            {
                "worker_id": worker_id,
                "lease_s": lease_s,
                "lock_key": None,
                "slots": 4,
                "host": "test",
                "process_id": 1,
            },
        )
    return worker_id


async def a_job(database: Database, project_id: UUID, *, subject_id: UUID | None = None, priority: int = 0) -> UUID:
    """A ready job."""
    async with database.project_transaction(project_id) as tx:
        return await jobs.enqueue(
            tx, project_id=project_id, kind="test", subject_id=subject_id or new_id(), payload={}, priority=priority
        )


async def claimed(
    database: Database, worker_id: UUID, *, free: int = 1, queue: str = jobs.DEFAULT_QUEUE
) -> list[ClaimedJob]:
    """What one claim gets."""
    return (await jobs.claim(database, worker_id=worker_id, free=free, queue=queue, scan=jobs.Scan())).jobs


async def let_lease_end(database: Database, worker_id: UUID) -> None:
    """Move the worker's last beat before the start of its lease."""
    async with database.system_transaction() as tx:
        await tx.execute(
            "UPDATE workers SET beat_at = beat_at - lease - interval '1 s' WHERE worker_id = %s", (worker_id,)
        )


async def rescued(database: Database, worker_id: UUID) -> list[jobs.LostJob]:
    """What one rescue finds."""
    async with database.system_transaction() as tx:
        return await jobs.rescue(tx, worker_id=worker_id)


async def until_somebody_waits_for_a_lock(database: Database) -> None:
    """Wait until a transaction of this server is held up by another one."""
    async with asyncio.timeout(30):
        while True:
            async with database.system_transaction() as tx:
                cursor = await tx.execute("SELECT count(*) AS n FROM pg_locks WHERE NOT granted")
                row = await cursor.fetchone()
            if row is not None and row["n"]:
                return
            await asyncio.sleep(0.01)
