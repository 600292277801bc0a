"""Changing a decision set without overwriting anybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from decisionworks.decisions.errors import DecisionSetNotFound, IllegalStatusChange, StaleDecisionSet
from decisionworks.decisions.model import Status, can_become
from decisionworks.decisions.store import CHANGEABLE, select_one, update_at_version
from decisionworks.kit.db import Tx
from decisionworks.kit.errors import Broken


async def update(tx: Tx, decision_set_id: UUID, *, expected_version: int, changes: Mapping[str, Any]) -> int:
    """Write the changed columns and answer the new version; the expected version is the lock.

    Raises: StaleDecisionSet, DecisionSetNotFound, IllegalStatusChange; Broken, a column that never changes.
    """
    unknown = sorted(set(changes) - CHANGEABLE)
    if unknown or not changes:
        raise Broken(f"not columns of a decision set that may change: {', '.join(unknown) or 'none given'}")
    wanted = Status(changes["status"]) if "status" in changes else None
    allowed = [status for status in Status if wanted is None or can_become(status, wanted)]
    version = await update_at_version(
        tx, decision_set_id, expected_version=expected_version, allowed=allowed, changes=changes
    )
    if version is not None:
        return version
    found = await select_one(tx, decision_set_id)
    if found is None:
        raise DecisionSetNotFound(decision_set_id)
    if found.version == expected_version and wanted is not None:
        raise IllegalStatusChange(found=found.status, wanted=wanted)
    raise StaleDecisionSet(decision_set_id, expected_version=expected_version, found_version=found.version)
