"""Handing a job in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from decisionworks.jobs.errors import AlreadyQueued
from decisionworks.jobs.statements import statement
from decisionworks.kit.db import Tx
from decisionworks.kit.ids import new_id

DEFAULT_QUEUE = "default"


async def enqueue(
    tx: Tx,
    *,
    project_id: UUID,
    kind: str,
    subject_id: UUID | None,
    payload: Mapping[str, object],
    priority: int = 0,
    run_at: datetime | None = None,
    job_id: UUID | None = None,
    queue: str = DEFAULT_QUEUE,
) -> UUID:
    """Store a job in the caller's transaction; ring the doorbell after its commit.

    Raises: AlreadyQueued, the subject has an active job.
    """
    cursor = await tx.execute(
        statement("enqueue"),
        {
            "id": job_id or new_id(),
            "project_id": project_id,
            "kind": kind,
            "queue": queue,
            "subject_id": subject_id,
            "payload": Jsonb(dict(payload)),
            "priority": priority,
            "run_at": run_at,
        },
    )
    row = await cursor.fetchone()
    if row is None:
        raise AlreadyQueued(subject_id)
    return UUID(str(row["id"]))
