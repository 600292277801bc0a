"""Handing jobs in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb

from decisionworks.jobs.errors import AlreadyQueued, UnfitPriority
from decisionworks.jobs.model import DEFAULT_MAX_FAILURES, DEFAULT_QUEUE
from decisionworks.jobs.statements import statement
from decisionworks.kit.db import Database, Tx
from decisionworks.kit.ids import new_id

HIGHEST_PRIORITY = 1000


class Order(NamedTuple):
    """One job of many: what it is about, and what its worker is told."""

    payload: Mapping[str, object]
    subject_id: UUID | None = None


async def enqueue(
    at: Tx | Database,
    *,
    project_id: UUID,
    kind: str,
    subject_id: UUID | None,
    payload: Mapping[str, object],
    priority: int = 0,
    run_at: datetime | None = None,
    max_failures: int = DEFAULT_MAX_FAILURES,
    job_id: UUID | None = None,
    queue: str = DEFAULT_QUEUE,
) -> UUID:
    """Store a job in the caller's transaction, or, given the database, alone in one round trip; then ring the doorbell.

    Ringing ahead of it as well saves an idle worker the time to wake up.

    Units: a step of `priority` (-1000 to 1000) is worth a minute of waiting; `run_at` is the earliest start.
    Raises: AlreadyQueued, the subject has an active job; UnfitPriority.
    """
    facts = {
        "alone": isinstance(at, Database),
        "id": job_id or new_id(),
        "project_id": project_id,
        "kind": kind,
        "queue": queue,
        "subject_id": subject_id,
        "payload": Jsonb(dict(payload)),
        "priority": _fit(priority),
        "max_failures": max_failures,
        "run_at": run_at,
    }
    if isinstance(at, Database):
        rows = await at.call(statement("enqueue"), facts)
    else:
        rows = await (await at.execute(statement("enqueue"), facts)).fetchall()
    if not rows:
        raise AlreadyQueued(subject_id)
    return UUID(str(rows[0]["id"]))


async def enqueue_many(
    tx: Tx,
    orders: Sequence[Order],
    *,
    project_id: UUID,
    kind: str,
    priority: int = 0,
    run_at: datetime | None = None,
    max_failures: int = DEFAULT_MAX_FAILURES,
    queue: str = DEFAULT_QUEUE,
) -> list[UUID | None]:
    """Store many jobs of one kind in one statement; the answer names each job in order, None where the subject of an
    order has an active job already.

    Raises: UnfitPriority.
    """
    ids = [new_id() for _ in orders]
    cursor = await tx.execute(
        statement("enqueue_many"),
        {
            "orders": Jsonb(
                [
                    {
                        "id": str(job_id),
                        "subject_id": order.subject_id and str(order.subject_id),
                        "payload": dict(order.payload),
                    }
                    for job_id, order in zip(ids, orders, strict=True)
                ]
            ),
            "project_id": project_id,
            "kind": kind,
            "queue": queue,
            "priority": _fit(priority),
            "max_failures": max_failures,
            "run_at": run_at,
        },
    )
    if cursor.rowcount == len(ids):
        return list(ids)
    stored = {row["id"] for row in await cursor.fetchall()}
    return [job_id if job_id in stored else None for job_id in ids]


def _fit(priority: int) -> int:
    if not -HIGHEST_PRIORITY <= priority <= HIGHEST_PRIORITY:
        raise UnfitPriority(priority, highest=HIGHEST_PRIORITY)
    return priority
