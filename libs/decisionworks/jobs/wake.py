"""What others may do to a job that they do not work on."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from decisionworks.jobs.model import FinalOutcome
from decisionworks.jobs.statements import statement
from decisionworks.kit.db import Tx


async def wake(tx: Tx, *, subject_id: UUID) -> bool:
    """Let a parked job wait for a worker again; False when it is not parked.

    The row is locked first, in a statement of its own: a worker that is parking it right now is waited for, and what
    the second statement sees is what that worker committed.
    """
    await _lock(tx, subject_id)
    cursor = await tx.execute(statement("wake"), {"subject_id": subject_id})
    return await cursor.fetchone() is not None


async def request_cancel(tx: Tx, *, subject_id: UUID) -> Literal["scheduled", "ready", "running", "parked"] | None:
    """Ask for the end of the subject's job; the answer is the state it was seen in, None when it has none."""
    cursor = await tx.execute(statement("request_cancel"), {"subject_id": subject_id})
    row = await cursor.fetchone()
    return None if row is None else row["state"]


async def close_waiting(tx: Tx, *, subject_id: UUID, outcome: FinalOutcome) -> UUID | None:
    """End a job that nobody works on (parked, ready or scheduled); None when there is none such.

    Locked first, as in `wake`: a job that is being parked right now is ended, not overlooked, and one that runs goes on
    running until this transaction ends, so that asking for its end afterwards reaches its worker.
    """
    await _lock(tx, subject_id)
    cursor = await tx.execute(statement("close_waiting"), {"subject_id": subject_id, "outcome": outcome})
    row = await cursor.fetchone()
    return None if row is None else UUID(str(row["id"]))


async def _lock(tx: Tx, subject_id: UUID) -> None:
    await tx.execute("SELECT id FROM jobs WHERE subject_id = %s FOR UPDATE", (subject_id,))
