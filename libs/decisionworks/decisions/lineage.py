"""The line of revisions that a decision set belongs to."""

from __future__ import annotations

from uuid import UUID

from decisionworks.decisions.errors import DecisionSetNotFound
from decisionworks.kit.db import Tx


async def first_of_line(tx: Tx, decision_set_id: UUID) -> UUID:
    """The decision set that the line of revisions began with; one without a parent began its own.

    Raises: DecisionSetNotFound.
    """
    cursor = await tx.execute(
        "WITH RECURSIVE line AS (SELECT id, parent_id FROM decision_sets WHERE id = %s"
        " UNION ALL SELECT above.id, above.parent_id FROM decision_sets AS above"
        " JOIN line ON above.id = line.parent_id) SELECT id FROM line WHERE parent_id IS NULL",
        (decision_set_id,),
    )
    row = await cursor.fetchone()
    if row is None:
        raise DecisionSetNotFound(decision_set_id)
    return UUID(str(row["id"]))
