"""Ending an attempt: for good, until later, or until somebody wakes the job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from decisionworks.jobs.errors import LeaseLost
from decisionworks.jobs.model import FinalOutcome, Lease
from decisionworks.jobs.statements import statement
from decisionworks.kit.db import Database, Tx

ErrorFacts = Mapping[str, object]


async def finish(tx: Tx, lease: Lease, *, outcome: FinalOutcome, error: ErrorFacts | None = None) -> None:
    """Move the job to the finished ones.

    Raises: LeaseLost.
    """
    await _require(tx, lease, "finish", {"outcome": outcome, "error": _json(error)})


async def finish_many(database: Database, leases: Sequence[Lease]) -> set[UUID]:
    """Move succeeded jobs to the finished ones in one round trip; the answer names those whose lease still held.

    Raises: DatabaseUnavailable.
    """
    facts = {"job_ids": [lease.job_id for lease in leases], "lease_tokens": [lease.token for lease in leases]}
    return {row["id"] for row in await database.call(statement("finish_many"), facts)}


async def release_many(tx: Tx, leases: Sequence[Lease]) -> None:
    """Hand jobs that were never begun to others at once; needs the system's scope."""
    facts = {"job_ids": [lease.job_id for lease in leases], "lease_tokens": [lease.token for lease in leases]}
    await tx.execute(statement("release_many"), facts)


async def park(tx: Tx, lease: Lease) -> None:
    """Let the job rest, holding nothing, until `wake`; no attempt is spent.

    Raises: LeaseLost.
    """
    await _give_back(tx, lease, state="parked", returned=None, outcome="parked", failed=0, delay_s=0.0, error=None)


async def release(tx: Tx, lease: Lease) -> None:
    """Hand unfinished work to others at once; no failure is counted.

    Raises: LeaseLost.
    """
    await _give_back(
        tx, lease, state="ready", returned="released", outcome="released", failed=0, delay_s=0.0, error=None
    )


async def retry(tx: Tx, lease: Lease, *, delay_s: float, error: ErrorFacts) -> None:
    """Count a failure and try again later.

    Units: `delay_s` counts from the database's clock.
    Raises: LeaseLost.
    """
    await _give_back(
        tx, lease, state="ready", returned="retry", outcome="retry", failed=1, delay_s=delay_s, error=error
    )


async def _give_back(
    tx: Tx,
    lease: Lease,
    *,
    state: Literal["ready", "parked"],
    returned: str | None,
    outcome: str,
    failed: int,
    delay_s: float,
    error: ErrorFacts | None,
) -> None:
    facts = {"state": state, "returned": returned, "outcome": outcome, "failed": failed, "delay_s": delay_s}
    await _require(tx, lease, "give_back", facts | {"error": _json(error)})


async def _require(tx: Tx, lease: Lease, name: str, facts: Mapping[str, object]) -> None:
    cursor = await tx.execute(statement(name), {"job_id": lease.job_id, "lease_token": lease.token, **facts})
    if await cursor.fetchone() is None:
        raise LeaseLost(lease.job_id, lease.token)


def _json(error: ErrorFacts | None) -> Jsonb | None:
    return None if error is None else Jsonb(dict(error))
