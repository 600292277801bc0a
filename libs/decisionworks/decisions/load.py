"""Reading decision sets."""

from __future__ import annotations

from uuid import UUID

from decisionworks.decisions.errors import DecisionSetNotFound
from decisionworks.decisions.model import DecisionSet, Status
from decisionworks.decisions.store import select_newest, select_one
from decisionworks.kit.db import Tx


async def load(tx: Tx, decision_set_id: UUID) -> DecisionSet:
    """The decision set as it stands.

    Raises: DecisionSetNotFound.
    """
    found = await select_one(tx, decision_set_id)
    if found is None:
        raise DecisionSetNotFound(decision_set_id)
    return found


async def list_newest(
    tx: Tx, *, project_id: UUID, before: UUID | None = None, limit: int = 50, status: Status | None = None
) -> tuple[list[DecisionSet], UUID | None]:
    """A page of a project's decision sets, newest first, and where the next page begins."""
    found = await select_newest(tx, project_id=project_id, before=before, limit=limit + 1, status=status)
    return found[:limit], found[limit - 1].id if len(found) > limit else None


async def project_of_decision_set(tx: Tx, decision_set_id: UUID) -> UUID | None:
    """Which project a decision set belongs to; needs the system's scope."""
    cursor = await tx.execute("SELECT project_id FROM decision_sets WHERE id = %s", (decision_set_id,))
    row = await cursor.fetchone()
    return None if row is None else UUID(str(row["project_id"]))
