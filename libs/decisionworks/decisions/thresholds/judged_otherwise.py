"""Finds the plans that were judged by another number than the one that their project has now."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from decisionworks.decisions.thresholds.model import changed_thresholds
from decisionworks.decisions.thresholds.store import terms_in_force
from decisionworks.kit.db import Tx
from decisionworks.policy import load_policies

MOST_LISTED = 20
# What was revised since is judged by the newest number already.
_RESTING = """
SELECT id, status, policy_results FROM decision_sets AS one
WHERE status IN ('blocked', 'gate_waiting')
  AND NOT EXISTS (SELECT FROM decision_sets AS later WHERE later.parent_id = one.id)
ORDER BY id DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedOtherwise:
    """A plan that rests under a verdict which the project's thresholds of today might not give."""

    id: UUID
    status: str
    thresholds: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """The plan as the API names it."""
        return {"id": str(self.id), "status": self.status, "thresholds": list(self.thresholds)}


async def judged_otherwise(tx: Tx) -> list[JudgedOtherwise]:
    """The newest blocked plans and plans at a gate whose verdict rests on a number that is another one now."""
    book = load_policies()
    terms = await terms_in_force(tx, None)
    cursor = await tx.execute(_RESTING, (MOST_LISTED,))
    found = []
    for row in await cursor.fetchall():
        changed = changed_thresholds(row["policy_results"], terms, book=book)
        if changed:
            found.append(JudgedOtherwise(id=row["id"], status=row["status"], thresholds=tuple(changed)))
    return found
