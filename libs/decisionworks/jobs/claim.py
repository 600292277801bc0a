"""Taking work, and keeping the right to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from decisionworks.jobs.errors import LeaseLost
from decisionworks.jobs.model import ClaimedJob, HeldLease, Lease
from decisionworks.jobs.statements import statement
from decisionworks.kit.db import Database, Tx

FIRST_PROJECT = UUID(int=0)
_FACTS = tuple(one.name for one in fields(ClaimedJob) if one.name != "queue")
# Waiting projects that one scan steps through; the next scan goes on behind them.
SCAN_WIDTH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """Look for waiting projects behind `after`."""

    after: UUID = FIRST_PROJECT


class Claimed(NamedTuple):
    """The jobs taken, and where the next scan begins: FIRST_PROJECT when this one came to the end, else behind the last
    project that got its turn.

    Units: `took_s` seconds that the server spent on it, the commit not counted.
    """

    jobs: list[ClaimedJob]
    next_after: UUID
    took_s: float


async def claim(
    database: Database,
    *,
    worker_id: UUID,
    free: int,
    queue: str,
    scan: Scan | None,
    known: Mapping[UUID, datetime] | None = None,
) -> Claimed:
    """Take up to `free` ready jobs, fairly over projects, in one round trip.

    `scan` finds the projects that have work; `known` names projects instead, each with the rank to look from, which
    spares reading past entries that are dead and that an old snapshot somewhere keeps from being cleaned.
    Fewer than `free` does not mean that there are no more: a project has its share, then it is the others' turn.
    Raises: DatabaseUnavailable.
    """
    looked_at = known or {}
    rows = await database.call(
        statement("claim"),
        {
            "worker_id": worker_id,
            "free": free,
            "queue": queue,
            "is_scan": scan is not None,
            "after": FIRST_PROJECT if scan is None else scan.after,
            "width": SCAN_WIDTH,
            "known": list(looked_at),
            "marks": list(looked_at.values()),
        },
    )
    took_s: float = rows[-1]["took_s"]
    taken = [_claimed(row, queue) for row in rows if row["id"] is not None]
    return Claimed(taken, _next_after(rows[0], taken, free=free), took_s)


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


def _next_after(seen: Mapping[str, Any], taken: Sequence[ClaimedJob], *, free: int) -> UUID:
    """Where the next scan begins. Projects have their turn in the order of their ids; where every free slot was filled,
    those behind the last one served had none, and come first next time: or one project's backlog would fill each slot
    that comes free alone."""
    last: UUID = seen["last_project"] or FIRST_PROJECT
    if seen["projects"] > 1 and len(taken) >= free:
        served = max(job.project_id for job in taken)
        if served < last:
            return served
    return last if seen["projects"] >= SCAN_WIDTH else FIRST_PROJECT


def _claimed(row: Mapping[str, object], queue: str) -> ClaimedJob:
    return ClaimedJob(queue=queue, **{name: row[name] for name in _FACTS})  # type: ignore[arg-type]  # rows are untyped
